import FoundationEssentials
import Glibc

/// A new folder that is removed with all its content when the value goes away.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() {
    var template = Array("/tmp/fovea-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("no temporary folder: \(String(cString: strerror(errno)))") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { remove(path) }

  private func remove(_ path: String) {
    for name in names(in: path) { remove(path + "/" + name) }
    Glibc.remove(path)
  }

  package func path(_ name: String) -> String { path + "/" + name }

  /// Writes a file, making the folders on the way; returns its path.
  @discardableResult
  package func write(_ bytes: some Sequence<UInt8>, to name: String) -> String {
    let parts = name.split(separator: "/").map(String.init)
    for count in 1..<max(parts.count, 1) { mkdir(path + "/" + parts[..<count].joined(separator: "/"), 0o777) }
    unlink(path(name))  // cutting an old file to nothing would make ext4 wait for the disk
    guard let file = fopen(path(name), "wb") else { fatalError("cannot write \(path(name))") }
    let bytes = Array(bytes)
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    return path(name)
  }

  /// The content of a file in the folder.
  package func read(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: path(name)))) }

  /// The names directly inside `folder`, hidden ones too, sorted.
  package func names(in folder: String? = nil) -> [String] {
    guard let handle = opendir(folder ?? path) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
