internal import Glibc

// A closed pipe (`fovea models | head -1`) ends the process without a word, also where the parent ignores the signal.
// A file that grows too large is an error that is reported, not a signal that ends the process.
signal(SIGPIPE, SIG_DFL)
signal(SIGXFSZ, SIG_IGN)
limitSpinning()
exit(Tool.run(CommandLine.arguments.dropFirst()))
