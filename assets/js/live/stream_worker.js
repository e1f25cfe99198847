/* The shared worker of all tabs of a browser: it holds their one line to the server, and lives as long as any of them. Its address
   names the build, so tabs of another build have another worker. Dash puts it into no page. */
"use strict";
importScripts(`stream_line.js${location.search}`, `stream_host.js${location.search}`);
const host = self.callfloorApp.makeHost();

self.onconnect = ({ ports: [port] }) => {
  const hear = host.open((message) => port.postMessage(message));
  port.onmessage = ({ data }) => hear(data);
};
