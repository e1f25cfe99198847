/* The shared worker of all tabs of a browser: it holds their one line to the server. It lives as long as any of them; its
   address names the build, so the tabs of another build have another one. No script of a page. */
"use strict";
importScripts(`stream_line.js${location.search}`, `stream_host.js${location.search}`);
const host = self.callfloorApp.makeHost();

self.onconnect = ({ ports: [port] }) => {
  const hear = host.open((message) => port.postMessage(message));
  port.onmessage = ({ data }) => hear(data);
};
