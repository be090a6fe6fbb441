import FoveaLayers

/// Layers called `0`, `1`, …: as those of PyTorch's `Sequential` are, which counts layers without parameters too.
func numbered(@LayerBuilder _ body: () -> Sequential) -> Sequential {
  func named(_ layer: some Layer, _ name: String) -> any Layer { layer.named(name) }
  return Sequential(body().layers.enumerated().map { named($1, "\($0)") })
}
