import CaissonHCL
import CaissonText

/// What a manifest says beside what bake knows, once its expressions are evaluated.
struct ManifestEvaluation {
    /// What is said of a group.
    struct Group: Sendable {
        var keepsGoing: Bool?
        var publishesTogether = false
    }

    /// What each target says itself.
    private(set) var settings: [String: ManifestSettings] = [:]
    /// The kind of each target.
    private(set) var kinds: [String: String] = [:]
    /// What is said of every target.
    private(set) var defaults = ManifestSettings()
    /// The fields that every target has; nil where there are none.
    private(set) var defaultFields: BakeTarget?
    private(set) var groups: [String: Group] = [:]
    private(set) var keepsGoing = false

    /// Evaluates it all with what is known of variables, functions and targets.
    mutating func evaluate(_ reader: ManifestReader, _ evaluator: BakeEvaluator) {
        for item in reader.top {
            if item.key.name == "keep-going" {
                keepsGoing = flag(item, evaluator) ?? false
            } else {
                set(item, &defaults, evaluator)
            }
        }
        for item in reader.defaults where item.key.reader == .policy { set(item, &defaults, evaluator) }
        defaultFields = fields(reader.defaults, evaluator)
        for (name, items) in reader.groups.sorted(by: { $0.key < $1.key }) {
            groups[name] = group(items, evaluator)
        }
        for block in evaluator.blocks where block.kind == "target" {
            for row in block.rows {
                var own = ManifestSettings()
                for item in reader.targets[block.label.text] ?? [] { set(item, &own, evaluator, row.variables) }
                settings[row.name] = own
                kinds[row.name] = reader.kindNames[block.label.text]
            }
        }
    }

    private func set(
        _ item: ManifestReader.Item,
        _ settings: inout ManifestSettings,
        _ evaluator: BakeEvaluator,
        _ row: [String: HCLValue] = [:]
    ) {
        guard let value = evaluator.value(of: .json(item.node), with: row) else { return }
        do throws(BakeValueError) {
            try settings.set(item, value)
        } catch {
            unsuitable(item, error, evaluator)
        }
    }

    private func unsuitable(_ item: ManifestReader.Item, _ error: BakeValueError, _ evaluator: BakeEvaluator) {
        let detail = "\(item.key.name) can't be this value: \(error.message)."
        evaluator.fail("Unsuitable value", detail, at: item.node.range)
    }

    private func flag(_ item: ManifestReader.Item, _ evaluator: BakeEvaluator) -> Bool? {
        guard let value = evaluator.value(of: .json(item.node)) else { return nil }
        do throws(BakeValueError) {
            return try value.brought(to: .bool).bool
        } catch {
            unsuitable(item, error, evaluator)
            return nil
        }
    }

    private func group(_ items: [ManifestReader.Item], _ evaluator: BakeEvaluator) -> Group {
        var group = Group()
        for item in items {
            if item.key.name == "keep-going" {
                group.keepsGoing = flag(item, evaluator)
            } else if let value = evaluator.value(of: .json(item.node)), !value.isNull {
                group.publishesTogether = value.string == "together"
                guard !group.publishesTogether else { continue }
                unsuitable(item, BakeValueError("together is all that can be said; leave it out otherwise"), evaluator)
            }
        }
        return group
    }

    /// The fields of bake that all targets have.
    private func fields(_ items: [ManifestReader.Item], _ evaluator: BakeEvaluator) -> BakeTarget? {
        var target = BakeTarget("defaults")
        for item in items {
            guard case .bake(let name) = item.key.reader, let field = BakeKey(rawValue: name).flatMap(BakeField.named),
                let value = evaluator.value(of: .json(item.node))
            else { continue }
            do throws(BakeValueError) {
                target[field.key] = try field.value(of: value)
            } catch {
                unsuitable(item, error, evaluator)
            }
        }
        return target.values.isEmpty ? nil : target
    }
}
