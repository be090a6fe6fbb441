import Glibc

/// A value that several threads share, and on whose changes they can wait.
///
/// Unchecked: the value is only touched while the mutex is held.
final class Monitor<State>: @unchecked Sendable {
  private var state: State
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(_ state: State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(change, nil)
  }

  deinit {
    pthread_cond_destroy(change)
    pthread_mutex_destroy(mutex)
    change.deallocate()
    mutex.deallocate()
  }

  /// Changes the value and wakes everybody who waits.
  func update<R>(_ body: (inout State) -> R) -> R {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(change)
      pthread_mutex_unlock(mutex)
    }
    return body(&state)
  }

  /// Asks again after every change until `body` gives an answer; it may change the value when it does.
  func wait<R>(_ body: (inout State) -> R?) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&state) { return result }
      pthread_cond_wait(change, mutex)
    }
  }
}

/// Threads that all run the same function once, and can be waited for.
struct WorkerThreads: Sendable {
  private let threads: [pthread_t]

  /// Starts `count` threads, or as many as the system allows.
  init(_ count: Int, run: @escaping @Sendable () -> Void) {
    threads = (0..<count).compactMap { _ in
      var thread = pthread_t()
      let context = Unmanaged.passRetained(Body(run: run))
      let status = pthread_create(
        &thread, nil,
        { context in
          Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
          return nil
        }, context.toOpaque())
      guard status == 0 else {
        context.release()
        return nil
      }
      return thread
    }
  }

  var count: Int { threads.count }

  /// Returns when all have ended; to be called once.
  func join() { for thread in threads { pthread_join(thread, nil) } }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
