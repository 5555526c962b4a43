"""What the Python programs share: lines of JSON out, end of input in."""
import json, sys, threading


def say(**what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def record(partition, offset, value):
    say(partition=partition, offset=offset, value=value.decode())


def value(number):
    return f"{number}:{'ouzel ' * 40}".encode()


def end_of_input():
    """An event that is set when whoever started the program closes its input."""
    ended = threading.Event()

    def wait():
        sys.stdin.read()
        ended.set()
    threading.Thread(target=wait, daemon=True).start()
    return ended
