import CONNX
import FoveaCore
import FoveaFiles

/// The files beside an ONNX file in which elements of its tensors lie, each mapped once.
///
/// Nothing outside the folder of the ONNX file is opened, whatever the file says.
/// - Source: ONNX's "ExternalData.md".
final class ONNXExternalData {
  /// Of the ONNX file.
  private let path: String
  private let folder: String
  private var files: [String: MappedFile] = [:]

  init(of path: String) {
    self.path = path
    folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
  }

  /// The elements of a tensor as they lie in their file.
  ///
  /// - Parameters:
  ///   - count: how many bytes its shape needs.
  ///   - name: what errors call it.
  /// - Errors: a location outside the folder, or none; no such file, or no regular one; bytes that it does not have, or
  ///   another number than the shape needs.
  func bytes(
    of tensor: OpaquePointer!, count: Int, name: String
  ) throws(FormatError) -> (bytes: UnsafeRawBufferPointer, file: MappedFile) {
    let external = connx_tensor_external(tensor)
    let location = String(external.location)
    guard !location.isEmpty else {
      throw FormatError(
        .damaged, path, "'\(name)' lies in another file and does not say in which; export the model anew")
    }
    guard external.offset >= 0 || !location.hasSuffix(".safetensors") else {
      throw FormatError(
        .unsupported, path,
        "'\(name)' lies under its name in '\(location)': this is the graph of the model file '\(folder)'; give that folder"
      )
    }
    guard external.is_sound else {
      throw FormatError(
        .damaged, path,
        "the place of '\(name)' in '\(location)' is no number of bytes; export the model anew")
    }
    guard external.length < 0 || external.length == count else {
      throw FormatError(
        .damaged, path,
        "'\(name)' has \(external.length) bytes in '\(location)', its shape and type need \(count); export the model anew"
      )
    }
    let file = try self.file(location, name)
    let start = max(Int(external.offset), 0)
    guard start <= file.count, count <= file.count - start else {
      throw FormatError(
        .damaged, path,
        "'\(name)' has \(count) bytes from byte \(start) on in '\(location)', which has \(file.count): cut off, or of "
          + "another model; copy it again with its model")
    }
    return (UnsafeRawBufferPointer(rebasing: file.unsafeBytes[start..<(start + count)]), file)
  }

  private func file(_ location: String, _ name: String) throws(FormatError) -> MappedFile {
    if let file = files[location] { return file }
    func refusal(_ kind: FormatError.Kind, _ what: String) -> FormatError {
      FormatError(kind, path, "'\(name)' lies in '\(location)', \(what)")
    }
    let isInside =
      !location.hasPrefix("/") && !location.contains("\0") && !location.split(separator: "/").contains("..")
    guard isInside else {
      throw refusal(.unsupported, "and only the model's folder is looked into; put the file there and export anew")
    }
    guard let real = realPath(folder + location), let realFolder = realPath(folder) else {
      throw refusal(.missing, "which is not there; put that file into the folder of the model")
    }
    guard real.hasPrefix(realFolder.hasSuffix("/") ? realFolder : realFolder + "/") else {
      throw refusal(.unsupported, "a link out of the model's folder, to '\(real)'; put the file itself there")
    }
    guard FileStatus(real)?.isRegularFile == true else {
      throw refusal(.damaged, "which is no regular file; put the file of the weights there")
    }
    let file = try asFormatError { () throws(FileError) in try MappedFile(real) }
    files[location] = file
    return file
  }
}
