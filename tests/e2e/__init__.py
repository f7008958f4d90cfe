"""The console in a real Chromium, against the service of this process and the simulator."""
