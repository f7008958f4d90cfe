"""What tests share: the running service of this process, the simulator's control API, signed-in browsers."""
