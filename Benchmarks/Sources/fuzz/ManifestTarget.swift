import CaissonHCL
import CaissonJSON
import CaissonPlanning
import CaissonText

/// Bake files in both syntaxes with what a command line and the environment say: they are planned, printed and listed.
func fuzzManifest(_ bytes: [UInt8]) {
    let parts = FuzzParts(bytes, mark: "--- ")
    var files = parts.parts.prefix(4).filter { isFile($0.title) }.map { BakeFile(name: $0.title, bytes: $0.bytes) }
    if files.isEmpty { files = [BakeFile(name: "bake", bytes: bytes)] }
    var inputs = BakeInputs(
        localPlatform: "linux/amd64",
        environment: FuzzParts.variables(parts.head.filter { $0.starts(with: "$ ".utf8) }.map { $0.dropFirst(2) })
    )
    inputs.machine = HCLEnvironment(now: { 0 }, home: { "/" }, random: { Array(repeating: 1, count: $0) })
    var names: [String] = []
    var flags = BakeFlags()
    for line in parts.head where line.starts(with: "@ ".utf8) {
        for word in line.dropFirst(2).split(separator: 0x20).map({ String(decoding: $0, as: UTF8.self) }) {
            if let (name, value) = word.cut(at: "="), name == "--set" { flags.set.append(value.unquoted) }
            if word.contains("=") || !word.hasPrefix("-") { names.append(word.unquoted) }
        }
    }
    plan(files, names, flags, inputs)
}

private func plan(_ files: [BakeFile], _ names: [String], _ flags: BakeFlags, _ inputs: BakeInputs) {
    do throws(BakeError) {
        let configuration = try BakeConfiguration(reading: files, inputs: inputs)
        for subject in BakeListing.Subject.allCases {
            let listing = try? BakeListing(parsing: "type=\(subject),format=json")
            precondition(listing?.text(of: configuration).isEmpty == false, "a list is empty")
        }
        let all = configuration.targets.map(\.name)
        for asked in [names, [], Array(all.prefix(8))] { show(configuration, asked, flags, inputs) }
    } catch {
        precondition(!error.problems.isEmpty && !error.description.isEmpty, "a refusal says nothing")
    }
}

private func show(_ configuration: BakeConfiguration, _ names: [String], _ flags: BakeFlags, _ inputs: BakeInputs) {
    do throws(BakeError) {
        let plan = try BakePlan(configuration, names: names, flags: flags, inputs: inputs)
        precondition(plan.targets.count <= configuration.targets.count, "a target comes from nowhere")
        precondition(!plan.printed.goText(indented: true).isEmpty, "nothing is printed")
    } catch {
        precondition(!error.problems.isEmpty && !error.description.isEmpty, "a refusal says nothing")
    }
}

private func isFile(_ title: String) -> Bool { title.hasSuffix(".hcl") || title.hasSuffix(".json") }

extension String {
    /// The text without quotation marks around it.
    fileprivate var unquoted: String {
        guard utf8.count > 1, hasPrefix("'"), hasSuffix("'") else { return self }
        return String(dropFirst().dropLast())
    }
}
