import FoveaCore
import FoveaFormats
import FoveaNetwork
import FoveaTestSupport
import FoveaZoo
import Testing

@Test(arguments: ["out.safetensors", "out.npz"])
func `a state dict is written as it was read, bit by bit`(name: String) throws {
  let folder = TemporaryFolder()
  let line = "input 6x5x2 - conv 3 3x3 - bn - relu - conv 4 1x1 - pool - fc 7 - relu - fc 4"
  let network = try Network(named: line, weights: fixturePath("small.pth"))
  try network.saveStateDict(to: folder.path(name))
  let (original, written) = (
    try PyTorchFile(contentsOf: fixturePath("small.pth")), try WeightFile(contentsOf: folder.path(name))
  )
  let counted = original.names.filter { !$0.hasSuffix("num_batches_tracked") }
  #expect(Set(written.names) == Set(counted))
  for name in counted { #expect(try written.tensor(name) == original.tensor(name), "\(name)") }
  #expect(try Network(named: line, weights: folder.path(name)).parameters == network.parameters)
}

@Test(arguments: ["mobilenet-v3-small", "resnet18:classes=3", "alexnet:classes=2,input=64", "unet", "lenet-caffe"])
func `the state dict of a model of the catalogue gives the same parameters again`(name: String) throws {
  let folder = TemporaryFolder()
  let entry = try Catalogue.entry(for: name)
  let network = try Network(entry.make(), input: entry.input!, seed: 4)
  try network.saveStateDict(to: folder.path("out.safetensors"))
  #expect(try Network(named: name, weights: folder.path("out.safetensors")).parameters == network.parameters)
}
