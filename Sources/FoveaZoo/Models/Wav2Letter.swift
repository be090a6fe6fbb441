public import FoveaLayers

/// Wav2Letter: Collobert, Puhrsch & Synnaeve 2016, "Wav2Letter: an End-to-End ConvNet-based Speech Recognition System",
/// fig. 1. Input T×C: sound at 16 kHz, T×1, or features of its frames.
///
/// One-dimensional convolutions alone, so that the input may have any length. The scores of each time step go into
/// `Loss.ctc`, whose blank is one of the classes; the paper itself trains with a criterion without blanks (ASG). Layers
/// are called as in torchaudio, which rectifies the scores, too, and takes their logarithmic softmax.
public struct Wav2Letter: Model {
  /// Whether the input is sound; a first layer then makes 250 features every 10 ms.
  public var takesSound: Bool
  public var classes: Int

  public init(takesSound: Bool = true, classes: Int = 40) { (self.takesSound, self.classes) = (takesSound, classes) }

  public var body: Sequential {
    Sequential {
      if takesSound {
        numbered {
          convolution(250, 250, strides: 160, padding: 45)
          ReLU()
        }.named("0")
        acoustic.named("1")
      } else {
        acoustic
      }
    }.named("acoustic_model")
  }

  private var acoustic: Sequential {
    numbered {
      convolution(250, 48, strides: 2, padding: 23)
      ReLU()
      for _ in 0..<7 {
        convolution(250, 7, padding: 3)
        ReLU()
      }
      convolution(2000, 32, padding: 16)
      ReLU()
      convolution(2000, 1)
      ReLU()
      convolution(classes, 1)
      ReLU()
    }
  }

  private func convolution(_ filters: Int, _ kernel: Int, strides: Int = 1, padding: Int = 0) -> Conv1D {
    Conv1D(filters: filters, kernel: kernel, strides: strides, padding: .explicit(padding), initializer: .heNormal)
  }
}

extension Wav2Letter {
  static let entries = [
    ("wav2letter", true, [16000, 1] as Shape), ("wav2letter-spectrum", false, [200, 201]),
    ("wav2letter-mfcc", false, [200, 13]),
  ].map { name, takesSound, input in
    CatalogueEntry(name, 2016, "Collobert et al., Wav2Letter", input: input, classes: 40) {
      Wav2Letter(takesSound: takesSound, classes: $0.classes)
    }
  }
}
