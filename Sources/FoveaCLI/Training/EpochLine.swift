import FoveaTraining

/// What an epoch has come to, in words.
struct EpochLine {
  private let epoch: TrainingEvent.Epoch

  init(_ epoch: TrainingEvent.Epoch) { self.epoch = epoch }

  /// `loss 0.0123, accuracy 99.61 %, validation loss 0.0312, validation accuracy 99.05 %`.
  var numbers: String {
    var parts = ["loss \(short(epoch.loss))", "accuracy \(percent(epoch.top1))"]
    if let loss = epoch.validationLoss { parts.append("validation loss \(short(loss))") }
    if let accuracy = epoch.validationTop1 { parts.append("validation accuracy \(percent(accuracy))") }
    return parts.joined(separator: ", ")
  }
}
