"""A scripted Prusa MK3S on a pseudo-terminal, in a process of its own, so that a real PrusaLink runs without a printer. Standard library only.

    python3 mk3.py LINK          LINK becomes a symbolic link to the terminal: what `prusalink -s LINK` opens

It answers what PrusaLink asks at the start and while it polls, and keeps the bytes written to its EEPROM. Temperatures and position it
reports every two seconds once M155 asks for it, which PrusaLink does after a minute without any, and forgets that when it boots. G4 takes its time and everything else none, so a file that PrusaLink streams lasts as long as its dwells; meanwhile the
machine still reports and hears its instructions. M601, M602 and M603 answer as the firmware does: paused, resumed, cancelled.

A line on standard input is an instruction, answered on standard output by {"done", "error"}. First it says {"listening": LINK}; it ends
with its standard input.
    attention on | off             waits for its user, and says so every second
    knob pause | resume | cancel   somebody at the printer's own display
    kill [reason]                  halts with an error, after its reason, and answers no more
    reset                          boots anew
    unplug | plug                  the terminal is gone, and comes back under another name
    say TEXT                       a line as it stands
"""
import json
import os
import pty
import re
import select
import sys
import time
import tty

REPORT_EVERY = 2.0
ATTENTION_EVERY = 1.0
ROOM = 21.0

# What it says before "ok".
ANSWERS = {
    "PRUSA Fir": ["3.14.0-8094"],
    "PRUSA SN": ["CZPX4321X004XK98765"],
    "M862.2 Q": ["302"],
    "M862.1 Q": ["0.40"],
    "M220": ["100%"],
    "M221": ["100%"],
    "M420": ["Mesh bed leveling not active."],
    "M21": ["echo:SD card ok"],
    "M20": ["Begin file list", "End file list"],
    "M27": ["Not SD printing"],
    "M601": ["// action:paused"],
    "M602": ["// action:resumed"],
    "M603": ["// action:cancel"],
}


def number(letter, line):
    found = re.search(letter + r"(-?[\d.]+)", line)
    return float(found[1]) if found else None


class Terminal:
    """The serial port. While it is unplugged nothing is heard, and what is said goes nowhere."""

    def __init__(self, link):
        self.link, self.master, self.slave, self.rest = link, None, None, b""

    def plug(self):
        if self.master is not None:
            return
        self.master, self.slave = pty.openpty()
        for end in (self.master, self.slave):
            tty.setraw(end)
        # Nobody reading must not stop the machine.
        os.set_blocking(self.master, False)
        if os.path.islink(self.link):
            os.unlink(self.link)
        os.symlink(os.ttyname(self.slave), self.link)

    def unplug(self):
        if self.master is not None:
            os.unlink(self.link)
            os.close(self.slave)
            os.close(self.master)
        self.master = self.slave = None
        self.rest = b""

    def say(self, line):
        if self.master is not None:
            try:
                os.write(self.master, line.encode() + b"\n")
            except BlockingIOError:
                pass

    def hear(self):
        *lines, self.rest = (self.rest + os.read(self.master, 4096)).split(b"\n")
        return [line.decode(errors="replace") for line in lines]


class Printer:
    def __init__(self, link):
        self.port = Terminal(link)
        self.eeprom = {}
        self.boot()
        self.port.plug()

    def boot(self):
        self.waiting, self.dwell_until = [], None
        self.halted = self.attention = False
        self.progress, self.minutes = -1, -1
        self.nozzle = self.bed = 0.0
        self.reports = False
        self.reported = self.asked = 0.0

    def say(self, *lines):
        for line in lines:
            self.port.say(line)

    def temperatures(self):
        now = [target or ROOM for target in (self.nozzle, self.bed)]
        pairs = "%.1f /%.1f B:%.1f /%.1f T0:%.1f /%.1f" % (now[0], self.nozzle, now[1], self.bed, now[0], self.nozzle)
        return "T:%s @:0 B@:0 P:0.0 A:25.0" % pairs

    def report(self):
        self.say(self.temperatures(), "X:10.00 Y:20.00 Z:0.20 E:0.00 Count X: 10.00 Y:20.00 Z:0.20 E:0.00", "E0:1000 RPM PRN1:0 RPM E0@:0 PRN1@:0")

    def memory(self, line):
        """D3 Ax0D05 C4 reads four bytes of the EEPROM, D3 Ax0D05 X00000001 writes as many as it names."""
        at = int(re.search(r"A(?:x|0x)?([0-9a-fA-F]+)", line)[1], 16)
        written = re.search(r" X([0-9a-fA-F]+)", line)
        data = bytes.fromhex(written[1]) if written else b""
        self.eeprom.update((at + offset, byte) for offset, byte in enumerate(data))
        length = int(number("C", line) or len(data))
        for start in range(at, at + length, 16):
            self.say("%04x  %s" % (start, " ".join("%02x" % self.eeprom.get(each, 0) for each in range(start, min(start + 16, at + length)))))

    def obey(self, raw):
        """One line of the host: its number and its checksum are left aside."""
        line = re.sub(r"\s*\*\d+$", "", re.sub(r"^N\d+ ", "", raw)).strip()
        word = line.split(" ")[0]
        if not line or line.startswith(";"):
            return
        self.say(*ANSWERS.get(line, ANSWERS.get(word, [])))
        if word == "M105":
            return self.say("ok " + self.temperatures())
        if word == "D3":
            self.memory(line)
        elif word == "M73":
            self.progress = int(number("P", line) if number("P", line) is not None else self.progress)
            self.minutes = int(number("R", line) if number("R", line) is not None else self.minutes)
            for mode in ("NORMAL", "SILENT"):
                self.say("%s MODE: Percent done: %d; print time remaining in mins: %d; Change in mins: -1" % (mode, self.progress, self.minutes))
        elif word == "M155":
            self.reports = bool(number("S", line))
        elif word in ("M104", "M109"):
            self.nozzle = number("S", line) or 0.0
        elif word in ("M140", "M190"):
            self.bed = number("S", line) or 0.0
        elif word == "G4":
            # Confirmed when it is over.
            self.dwell_until = time.monotonic() + (number("P", line) or 0) / 1000 + (number("S", line) or 0)
            return None
        self.say("ok")

    def instruct(self, line):
        word, _, rest = line.partition(" ")
        if word == "say":
            self.say(rest)
        elif word == "attention":
            self.attention, self.asked = rest == "on", 0.0
        elif word == "knob":
            self.say("// action:" + rest)
        elif word == "kill":
            self.say(*([rest] if rest else []), "Error:Printer halted. kill() called!")
            self.halted, self.dwell_until, self.waiting = True, None, []
        elif word == "reset":
            self.boot()
            self.say("start", "echo: 3.14.0-8094")
        elif word == "unplug":
            self.port.unplug()
            self.boot()
        elif word == "plug":
            self.port.plug()
        else:
            raise ValueError("no such instruction")

    def work(self):
        """Whatever is due now."""
        now = time.monotonic()
        if self.attention and now - self.asked >= ATTENTION_EVERY:
            self.asked = now
            self.say("echo:busy: paused for user")
        if self.halted:
            return
        if self.reports and now - self.reported >= REPORT_EVERY:
            self.reported = now
            self.report()
        if self.dwell_until is not None and now >= self.dwell_until and not self.attention:
            self.dwell_until = None
            self.say("ok")
        # Like the firmware: a command that waits for its user holds up those behind it.
        while self.waiting and self.dwell_until is None and not self.attention:
            self.obey(self.waiting.pop(0))

    def run(self):
        typed = b""
        while True:
            sources = [0] + ([] if self.port.master is None else [self.port.master])
            ready, _, _ = select.select(sources, [], [], 0.02 if self.dwell_until or self.waiting else 0.2)
            if 0 in ready:
                data = os.read(0, 4096)
                if not data:
                    return self.port.unplug()
                *lines, typed = (typed + data).split(b"\n")
                for line in lines:
                    self.answer(line.decode())
            if self.port.master is not None and self.port.master in ready:
                heard = self.port.hear()
                self.waiting += [] if self.halted else heard
            self.work()

    def answer(self, line):
        error = None
        try:
            self.instruct(line)
        except ValueError as refused:
            error = str(refused)
        print(json.dumps({"done": line, "error": error}), flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    printer = Printer(sys.argv[1])
    print(json.dumps({"listening": sys.argv[1]}), flush=True)
    printer.run()
