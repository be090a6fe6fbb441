package import FoveaCompiler
package import FoveaCore
internal import COneDNN

extension Layout {
  /// N×spatial…×C with the channels in blocks of 4, 8 or 16.
  package static func blocked(_ shape: Shape, _ width: Int, _ type: ElementType) throws -> Layout {
    var descriptor = try MemoryDescriptor(blocked: shape, width)
    descriptor.data_type = type.native
    return descriptor.layout(of: shape)
  }
}
