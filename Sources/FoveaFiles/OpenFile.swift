import Glibc

/// A file descriptor that closes itself.
package final class OpenFile: Sendable {
  package let path: String
  package let descriptor: CInt

  /// - Parameter permissions: for a file that is created; the process's mask applies.
  package init(_ path: String, flags: CInt, permissions: UInt32 = 0o666) throws(FileError) {
    let opened = retryingInterrupts { open(path, flags | O_CLOEXEC, permissions) }
    guard opened >= 0 else { throw FileError(path: path, code: errno) }
    (self.path, descriptor) = (path, opened)
  }

  /// Opens a regular file for reading, and says so when it is something else.
  package convenience init(reading path: String) throws(FileError) {
    // Not blocking: opening a named pipe would otherwise wait for a writer.
    try self.init(path, flags: O_RDONLY | O_NONBLOCK)
    let status = try self.status()
    guard status.isRegularFile else {
      throw FileError(.damaged, path, status.isDirectory ? "a file is needed, this is a folder" : "not a regular file")
    }
  }

  /// Makes a file that must not be there yet.
  package convenience init(creating path: String) throws(FileError) {
    try self.init(path, flags: O_WRONLY | O_CREAT | O_EXCL)
  }

  /// Opens a folder, to lock it or to wait until it is on the disk.
  package convenience init(folder path: String) throws(FileError) {
    try self.init(path, flags: O_RDONLY | O_DIRECTORY)
  }

  deinit { close(descriptor) }

  package func status() throws(FileError) -> FileStatus {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, code: errno) }
    return FileStatus(status)
  }

  /// Reads until `buffer` is full or the file ends; returns how many bytes came.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    var count = 0
    while count < buffer.count {
      let got = retryingInterrupts { Glibc.read(descriptor, buffer.baseAddress! + count, buffer.count - count) }
      guard got >= 0 else { throw FileError(path: path, code: errno) }
      if got == 0 { break }
      count += got
    }
    return count
  }

  /// Writes all of `bytes`. A file-size limit is an error here, not a signal.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let (count, code) = withoutSizeLimitSignal {
        retryingInterrupts { Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written) }
      }
      guard count >= 0 else { throw FileError(path: path, code: code) }
      written += count
    }
  }

  package func write(_ bytes: [UInt8]) throws(FileError) {
    let failure: FileError? = bytes.withUnsafeBytes { bytes in
      do throws(FileError) {
        try write(bytes)
        return nil
      } catch { return error }
    }
    if let failure { throw failure }
  }

  /// Cuts the file off after `size` bytes; what is written next goes there.
  package func truncate(to size: Int) throws(FileError) {
    guard retryingInterrupts({ ftruncate(descriptor, size) }) == 0, lseek(descriptor, size, SEEK_SET) == size else {
      throw FileError(path: path, code: errno)
    }
  }

  /// Locks the file or folder for this process until the value goes away.
  ///
  /// - Returns: whether nobody else holds the lock; also where the file system knows no locks.
  package func lock() -> Bool {
    retryingInterrupts { flock(descriptor, LOCK_EX | LOCK_NB) } == 0 || errno != EWOULDBLOCK
  }

  /// Waits until the content is on the disk. Pipes and terminals have nothing to wait for.
  package func sync() throws(FileError) {
    guard retryingInterrupts({ fsync(descriptor) }) != 0, errno != EINVAL, errno != EROFS else { return }
    throw FileError(path: path, code: errno)
  }
}

/// What kind of thing a path names, its size in bytes and its permissions.
package struct FileStatus: Sendable {
  package let size: Int
  package let mode: UInt32

  init(_ status: stat) { (size, mode) = (Int(status.st_size), status.st_mode) }

  /// Whether two paths lead to one file or folder.
  package static func isSame(_ path: String, _ other: String) -> Bool {
    var (a, b) = (Glibc.stat(), Glibc.stat())
    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
  }

  /// Follows symbolic links; `nil` if nothing is there or it cannot be looked at.
  package init?(_ path: String) {
    var status = Glibc.stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  package var isRegularFile: Bool { mode & S_IFMT == S_IFREG }
  package var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
}

/// Repeats a system call that a signal broke off.
func retryingInterrupts<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}

/// Runs `call` so that crossing the process's file-size limit only gives `EFBIG`: the signal that comes with it
/// would end the process. Only this thread is touched, the process's signal handlers are left alone.
private func withoutSizeLimitSignal(_ call: () -> Int) -> (count: Int, code: CInt) {
  var limit = sigset_t()
  var before = sigset_t()
  sigemptyset(&limit)
  sigaddset(&limit, SIGXFSZ)
  pthread_sigmask(SIG_BLOCK, &limit, &before)
  let count = call()
  let code = errno
  if count < 0, code == EFBIG, sigismember(&before, SIGXFSZ) == 0 {
    var now = timespec()
    sigtimedwait(&limit, nil, &now)
  }
  pthread_sigmask(SIG_SETMASK, &before, nil)
  return (count, code)
}
