import Synchronization
internal import Glibc

/// Notices Ctrl-C and SIGTERM, so that a training can save before it ends. A second one ends the process at once.
struct Interruption: Sendable {
  private static let received = Atomic<CInt>(0)

  init() {
    Self.received.store(0, ordering: .relaxed)  // made now: a signal handler must not initialise anything
    // A parent may have started this process from a thread that lets no signal through, as libdispatch's do.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    for number in [SIGINT, SIGTERM] {
      Glibc.signal(number) { number in
        Interruption.received.store(number, ordering: .relaxed)
        Glibc.signal(number, SIG_DFL)
        let text: StaticString = "\nstopping after this step, and saving; again to stop at once\n"
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
      }
    }
  }

  /// The signal that came.
  var signal: CInt? {
    let number = Self.received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  var name: String { signal == SIGTERM ? "SIGTERM" : "Ctrl-C" }
}
