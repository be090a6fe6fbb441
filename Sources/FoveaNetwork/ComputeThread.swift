import FoveaCore
internal import Dispatch
internal import Glibc
import Synchronization

/// The one thread on which programs run.
///
/// The pool of the parallel kernels belongs to the thread that starts them: with one such thread there is one pool, and
/// programs that several threads ask for run one after the other instead of fighting for the processors.
package final class ComputeThread: Sendable {
  package static let shared = ComputeThread()

  private struct Work: @unchecked Sendable {
    let run: () -> Void
    let done: DispatchSemaphore
  }

  private let waiting = Mutex<[Work]>([])
  private let arrived = DispatchSemaphore(value: 0)
  /// What the system calls the thread; `nil` until it runs.
  private let identifier = Mutex<pthread_t?>(nil)

  private init() {
    startThread { [unowned self] in
      identifier.withLock { $0 = pthread_self() }
      while true {
        arrived.wait()
        runNext().signal()
      }
    }
  }

  /// Runs what waits longest. When the caller is told, nothing here holds its closure any more.
  private func runNext() -> DispatchSemaphore {
    let work = waiting.withLock { $0.removeFirst() }
    work.run()
    return work.done
  }

  private var isCurrent: Bool { identifier.withLock { $0.map { pthread_equal($0, pthread_self()) != 0 } ?? false } }

  /// Runs `body` on the compute thread and waits for it; at once if that is the present thread.
  package func run<R>(_ body: () throws -> R) throws -> R {
    if isCurrent { return try body() }
    var result: Result<R, any Error>?
    let done = DispatchSemaphore(value: 0)
    withoutActuallyEscaping(body) { body in
      // The caller waits, so that what `body` and `result` refer to is used by one thread at a time.
      let work = Work(run: { result = Result(catching: body) }, done: done)
      waiting.withLock { $0.append(work) }
      arrived.signal()
      done.wait()
    }
    return try result!.get()
  }
}
