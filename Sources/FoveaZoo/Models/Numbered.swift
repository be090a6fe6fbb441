import FoveaLayers

/// Layers called `0`, `1`, …: as those of PyTorch's `Sequential` are, which counts layers without parameters too.
func numbered(@LayerBuilder _ body: () -> Sequential) -> Sequential {
  Sequential(body().layers.enumerated().map { number, layer in layer.called("\(number)") })
}
