import FoveaFormats
import FoveaTestSupport
import Testing

@Test(arguments: [
  "chain.weights.h5", "chain-model.h5", "chain-packed.h5", "chain-latest.h5", "words.weights.h5", "chain.keras",
])
func `a damaged Keras file is read or refused, and libhdf5's end is not ours`(name: String) throws {
  let folder = TemporaryFolder()
  let original = [UInt8](try fixture(name))
  let mutations = Mutations(of: original, seed: 19)
  var (read, refused) = (0, 0)
  for number in 0..<500 {
    let path = folder.write(mutations[number], to: "damaged")
    do throws(FormatError) {
      let file = try WeightFile(contentsOf: path)
      for name in file.names { #expect(try file.tensor(name).byteCount <= 64 * original.count) }
      read += 1
    } catch {
      #expect(error.path == path)
      refused += 1
    }
  }
  #expect(read + refused == 500)
  #expect(refused > 50)
}
