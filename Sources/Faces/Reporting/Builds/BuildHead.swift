import CaissonBuildModel
import CaissonText

/// What is known of a build beside its steps, a line each; lines aren't cut, as people copy what stands there.
struct BuildHead {
    private let record: BuildRecord
    private let remarks: [BuildRemark]
    private let artifacts: [BuildArtifact]
    private let layout: TextLayout
    /// How many remarks are shown; those that came last count most.
    private static let mostRemarks = 20
    private static let labelWidth = 13

    init(_ dossier: BuildDossier, _ layout: TextLayout) {
        record = dossier.record
        remarks = dossier.remarks
        artifacts = dossier.artifacts
        self.layout = layout
    }

    /// The lines.
    var text: String {
        var out = ""
        for (label, values) in rows {
            for (place, value) in values.filter({ !$0.isEmpty }).enumerated() {
                let left = TextLayout.padded(place == 0 ? "\(label):" : "", Self.labelWidth)
                let safe = SafeText.line(value)
                out += left + (label == "Status" ? painted(safe) : safe) + "\n"
            }
        }
        return out
    }

    private func painted(_ status: String) -> String {
        layout.colors.apply(record.color(of: layout.colors), to: status)
    }

    private var rows: [(String, [String])] {
        let asked = record.submission
        let target = asked.target.map { "stage \($0)" }
        let dockerfile = [asked.dockerfile, target].compactMap(\.self).joined(separator: ", ")
        let reason = record.status == .failed ? nil : record.reason
        return [
            ("Build", [record.id.description]),
            ("Status", [[record.status.rawValue, reason].compactMap(\.self).joined(separator: ": ")]),
            ("Name", [asked.name ?? ""]),
            ("Part of", [asked.membership.map { part(of: $0) } ?? ""]),
            ("Engine", [record.engine ?? ""]),
            ("Context", [asked.context ?? ""]),
            ("Dockerfile", [dockerfile]),
            ("Platforms", [asked.platforms.joined(separator: ", ")]),
            ("Commit", [asked.revision.map(commit) ?? ""]),
            ("Owner", [asked.owner ?? ""]),
            ("Project", [[asked.project, asked.group].compactMap(\.self).joined(separator: ", group ")]),
            ("Labels", [asked.labels.joined(separator: ", ")]),
            ("Image", images),
            ("Files", files),
        ] + times
    }

    private var times: [(String, [String])] {
        let begun = record.started ?? record.submission.time
        let ago = SpanText.ago(begun, now: layout.now)
        let duration = record.duration(now: layout.now).map(SpanText.exact)
        return [
            (record.started == nil ? "Asked" : "Started", ["\(begun.rfc3339) (\(ago))"]),
            ("Waited", [waited]),
            ("Duration", [duration ?? ""]),
            ("Steps", [steps]),
            ("Data", [traffic]),
            ("Needs", [needs]),
            ("Attempts", [record.attempts > 1 ? String(record.attempts) : ""]),
            ("Remarks", shownRemarks),
            ("Kept", [record.isPinned ? "whatever its age" : ""]),
            ("Command", record.submission.invocation.map(command) ?? []),
        ]
    }

    /// Where files and folders are that the build has left on this machine.
    private var files: [String] {
        artifacts.compactMap { artifact in
            switch artifact {
            case .file(let path), .directory(let path): path
            case .image, .standardOutput, .cache: nil
            }
        }
    }

    private func part(of membership: BuildSubmission.Membership) -> String {
        let place = membership.place.clampedAdding(1)
        return "\(record.submission.job.rawValue) \(membership.id), \(place) of \(membership.count)"
    }

    private func commit(_ revision: SourceRevision) -> String {
        guard let commit = revision.commit else { return revision.source ?? "" }
        return revision.source.map { "\(commit) of \($0)" } ?? commit
    }

    private var steps: String {
        guard record.steps > 0 else { return "" }
        return "\(record.completedSteps) of \(record.steps) done, \(record.cachedSteps) cached"
    }

    /// Only what a person would notice: each build waits for a moment.
    private var waited: String {
        guard let waited = record.waited, waited >= .milliseconds(500) else { return "" }
        return SpanText.exact(waited)
    }

    private var traffic: String {
        [
            record.traffic.sent > 0 ? "\(Quantity.bytes(record.traffic.sent)) sent to the engine" : nil,
            record.traffic.pulled > 0 ? "\(Quantity.bytes(record.traffic.pulled)) of layers pulled" : nil,
        ].compactMap(\.self).joined(separator: ", ")
    }

    private var needs: String {
        let needs = record.submission.needs
        return [
            needs.milliprocessors.map { processors(thousandths: $0) },
            needs.memory.map { "\(Quantity.bytes($0)) of memory" },
            needs.disk.map { "\(Quantity.bytes($0)) of disk" },
        ].compactMap(\.self).joined(separator: ", ")
    }

    private func processors(thousandths: Int) -> String {
        let count = thousandths % 1000 == 0 ? "\(thousandths / 1000)" : Quantity.decimal(Double(thousandths) / 1000, 2)
        return count == "1" ? "1 processor" : "\(count) processors"
    }

    /// The names of each image in a line, its digest and size in another.
    private var images: [String] {
        guard !record.images.isEmpty else { return [record.submission.images.joined(separator: ", ")] }
        var lines: [String] = []
        for image in record.images {
            let pushed = image.isPushed ? " (pushed)" : ""
            if !image.names.isEmpty { lines.append(image.names.joined(separator: ", ") + pushed) }
            lines.append(image.digest ?? image.id ?? "")
        }
        if let numbers = record.statistics, let size = numbers.imageSize {
            let layers = numbers.layers.map { $0 == 1 ? " in 1 layer" : " in \($0) layers" } ?? ""
            lines.append(Quantity.bytes(size) + layers + (numbers.isImageSizePacked ? ", packed" : ""))
        }
        return lines
    }

    private var shownRemarks: [String] {
        let left = remarks.count - Self.mostRemarks
        let first = left > 0 ? ["… \(left) before these"] : []
        return first
            + remarks.suffix(Self.mostRemarks).map { remark in
                "after \(SpanText.exact(seconds: remark.time.seconds(since: record.submission.time))): \(remark.text)"
            }
    }

    private func command(_ invocation: BuildSubmission.Invocation) -> [String] {
        [
            ShellWords.line(["caisson"] + invocation.arguments), "in \(invocation.directory)",
            invocation.obstacle.map { "can't be asked for again: \($0)" } ?? "",
        ]
    }
}
