"""The entry of the console command: until the commands are loaded, Ctrl-C ends it silently."""

import signal


def main() -> int:
    """Loads the commands and runs one -> exit code, as dashboard.cli.main says."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:  # not where whoever started it has Ctrl-C ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from dashboard.cli.main import main as run  # half a second in which there is nothing to end in its own time

    try:
        signal.signal(signal.SIGINT, handler)
        return run()
    except KeyboardInterrupt:
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
