package import CaissonHCL
import CaissonBuildModel
import CaissonText

extension BakePlan {
    /// What is wrong with the names under which images are pushed; empty where nothing is.
    ///
    /// A target that pushes without a name, and two that push under one name, of which the last to end would win. bake
    /// doesn't look for them, so that what it prints is printed here as well; a build should not begin with them.
    package var pushProblems: [HCLDiagnostic] {
        var problems: [HCLDiagnostic] = []
        var owners: [String: String] = [:]
        for (name, target) in targets.sorted(by: { $0.key < $1.key }) where target.question == nil {
            let pushes = target.pushes
            if pushes.contains(where: \.isEmpty) {
                let detail = "target \(name) pushes its image but gives it no name. Add tags."
                problems.append(HCLDiagnostic("Push without a name", detail, at: target.range))
            }
            for tag in pushes.flatMap({ $0 }).withoutDoubles {
                if let owner = owners.updateValue(name, forKey: tag), owner != name {
                    let detail = "the targets \(owner) and \(name) both push \(tag). Give one of them another tag."
                    problems.append(HCLDiagnostic("Two targets push one tag", detail, at: target.range))
                }
            }
        }
        return problems
    }
}

extension BakeTarget {
    /// For each output that is pushed the names that it gets, normalised.
    fileprivate var pushes: [[String]] {
        (values[.output]?.entries ?? []).compactMap { output in
            guard output.isPushed else { return nil }
            let names = output.attributes["name"].map { $0.pieces(at: ",") } ?? []
            let all = (values[.tags]?.texts ?? []) + names.filter { !$0.isEmpty }
            return all.map { (try? ImageReference(parsing: $0)).map(Self.text) ?? $0 }
        }
    }

    private static func text(_ reference: ImageReference) -> String {
        let digest = reference.digest.map { "@\($0)" } ?? ""
        let tag = reference.tag.map { ":\($0)" } ?? (digest.isEmpty ? ":latest" : "")
        return "\(reference.domain)/\(reference.path)\(tag)\(digest)"
    }
}

extension BakeEntry {
    /// Whether an output goes to a registry.
    fileprivate var isPushed: Bool {
        switch attributes["type"] {
        case "registry": true
        case "image": attributes["push"].flatMap { GoBoolean.parse($0) } ?? false
        default: false
        }
    }
}
