import FoveaTestSupport
import Testing

/// A command line, the status and the beginning of the one line that it gets.
private struct Mistake: CustomTestStringConvertible {
  let arguments: [String]
  let text: String
  let status: Int32

  init(_ line: String, _ text: String, status: Int32 = 2) {
    arguments = line.split(separator: "_").flatMap { part in
      part.hasPrefix("'") ? [part.dropFirst().dropLast()] : part.split(separator: " ")
    }.map(String.init)
    (self.text, self.status) = (text, status)
  }

  var testDescription: String { arguments.joined(separator: " ") }
}

// `_'a text'_` is one argument.
private let mistakes = [
  Mistake("trian", "there is no command 'trian'; did you mean 'train'?"),
  Mistake("nonsense", "there is no command 'nonsense'; `fovea --help` lists the commands"),
  Mistake("--json models", "there is no option '--json'; options follow the command"),
  Mistake("summary xyzzy", "there is no model 'xyzzy'; `fovea models` lists the names"),
  Mistake("summary_''", "MODEL_OR_FILE is empty: a name (`fovea models`)"),
  Mistake("convert lenet5_''", "OUT is empty: the model file"),
  Mistake("summary conv", "there is no model 'conv'; `fovea models` lists the names"),
  Mistake("summary_'- relu'", "column 1 of the model line: a layer is missing before '-'"),
  Mistake("summary_'input 8x8x3 - [relu]*0'", "column 1 of the model line: the line makes no layer"),
  Mistake("--vresion", "there is no option '--vresion'; did you mean '--version'?"),
  Mistake("train lenet5 --data x --batchsize 3", "there is no option '--batchsize'; did you mean '--batch-size'?"),
  Mistake("bench lenet5 --exact --precision bfloat16", "--exact is for float32: leave it or --precision bfloat16 out"),
  Mistake("train lenet5 --data x -e 3", "there is no option '-e'"),
  Mistake("train lenet5 --data x --epochs", "--epochs needs a value: --epochs N"),
  Mistake("train lenet5 --data x --epochs --seed 1", "--epochs needs a value: --epochs N"),
  Mistake("train lenet5 --data x --epochs=", "--epochs takes a whole number from 1 to 1000000, not ''"),
  Mistake("train lenet5 --data x --epochs ten", "--epochs takes a whole number from 1 to 1000000, not 'ten'"),
  Mistake("train lenet5 --data x --batch-size 0", "--batch-size takes a whole number from 1 to 1048576, not '0'"),
  Mistake("train lenet5 --data x --batch-size=-4", "--batch-size takes a whole number from 1 to 1048576, not '-4'"),
  Mistake("train lenet5 --data x --batch-size 99999999999999999999", "--batch-size takes a whole number"),
  Mistake("train lenet5 --data x --learning-rate nan", "--learning-rate takes a number above 0, not 'nan'"),
  Mistake("train lenet5 --data x --learning-rate -1", "--learning-rate takes a number above 0, not '-1'"),
  Mistake("train lenet5 --data x --momentum 1", "--momentum takes a number from 0 to below 1, not '1'"),
  Mistake(
    "train lenet5 --data mnist:x --optimizer adam --momentum 0.5", "--momentum is for sgd, momentum and nesterov"),
  Mistake("train lenet5 --data x --optimizer rmsprop", "--optimizer takes sgd, momentum, nesterov, adam or adamw"),
  Mistake("train lenet5 --data x --schedule cosin", "--schedule takes constant, cosine"),
  Mistake("train lenet5 --data x --shuffle yes", "--shuffle takes on or off, not 'yes'"),
  Mistake("train lenet5 --data x --augment flip", "--augment takes none, flips, crop:N or flips,crop:N, not 'flip'"),
  Mistake("train lenet5 --data x --backend cuda", "--backend takes onednn or reference, not 'cuda'"),
  Mistake("train lenet5 --data x --threads 0", "--threads takes a whole number from 1 to 1024"),
  Mistake("train lenet5 --data x --seed 1 --seed 2", "--seed is given twice"),
  Mistake("train lenet5 --data x --quiet=yes", "--quiet takes no value, 'yes' was given"),
  Mistake("train", "MODEL is missing"),
  Mistake("train lenet5", "--data DATA is missing"),
  Mistake("train lenet5 resnet20 --data x", "the argument 'resnet20' is one too many"),
  Mistake("train lenet5 --data minst:x", "minst:x: there is no kind of data named 'minst'; did you mean mnist?"),
  Mistake("train lenet5 --data mnist", "mnist: mnist needs a folder: mnist:DIR"),
  Mistake("train lenet6 --data mnist:x", "there is no model 'lenet6'; did you mean 'lenet5'?"),
  Mistake("summary lenet6", "there is no model 'lenet6'; did you mean 'lenet5'?"),
  Mistake("summary lenet5 --input 28x28", "--input takes HEIGHTxWIDTHxCHANNELS, such as 28x28x1, not '28x28'"),
  Mistake("summary_'conv 6 - fx 10'", "column 10 of the model line: there is no layer 'fx'; did you mean 'fc'?"),
  Mistake("summary_'conv 6 - fc 10'", "the model line says no input: give --input HxWxC"),
  Mistake("evaluate", "DIR_OR_FILE is missing"),
  Mistake("evaluate x", "--data DATA is missing"),
  Mistake("predict x", "IMAGE is missing"),
  Mistake("run lenet5 --inputs x.npz", "--outputs OUT.npz is missing"),
  Mistake("models now", "the argument 'now' is one too many"),
  Mistake("summary no/such/model", "no/such/model: there is no such file or folder", status: 1),
  Mistake("summary_'runs/my model/x'", "runs/my model/x: there is no such file or folder", status: 1),
  Mistake("summary_'my models/[1] - x'", "my models/[1] - x: there is no such file or folder", status: 1),
  Mistake("summary_'conv 8 3x3 /2 - fx 10'", "column 17 of the model line: there is no layer 'fx'"),
  Mistake("evaluate no-such-model --data mnist:x", "no-such-model: there is no such file or folder", status: 1),
  Mistake("run lenet5 --inputs /no/x.npz --outputs y", "/no/x.npz: there is no such file; check the path", status: 1),
  Mistake("train lenet5 --data mnist:/no/such", "/no/such: there is no such folder", status: 1),
  Mistake("train --resume /no/such", "/no/such: there is no such folder", status: 1),
]

@Test(arguments: mistakes)
private func `a wrong command line gets one sentence`(mistake: Mistake) throws {
  let folder = TemporaryFolder()
  let result = try Fovea(mistake.arguments, in: folder.path)
  #expect(result.status == mistake.status && result.output.isEmpty)
  #expect(result.errors.hasPrefix("fovea: " + mistake.text), "\(result.errors)")
  #expect(folder.names().isEmpty, "nothing is left behind")
}

@Test func `a value follows its option or an equals sign, and anything may follow two hyphens`() throws {
  let one = try Fovea("summary", "lenet5", "--batch-size", "2", "--json")
  #expect(one.status == 0)
  #expect(try Fovea("summary", "--json", "--batch-size=2", "lenet5").output == one.output)
  #expect(try Fovea("summary", "--json", "--batch-size=2", "--", "lenet5").output == one.output)
  #expect(try Fovea("predict", "x", "--", "--odd.png").errors.contains("x: there is no such file"))
}
