import CaissonText

extension BuildRequest {
    /// Finds what the flags or entries that made this request can't mean together, before any engine is asked.
    public func check() throws(BuildError) {
        if let text = texts.first(where: \.hasRawBytes) {
            throw usage("\(text.quoted) is not valid UTF-8; only paths may be other bytes")
        }
        for tag in tags where tag.digest != nil {
            throw usage("tag \(tag.familiar.quoted) has a digest, which an image gets by being built; leave it out")
        }
        for platform in platformBuildArgs.keys.sorted(by: { $0.description < $1.description })
        where !platforms.contains(platform) {
            throw usage(
                """
                a build argument is for \(platform), which isn't built; add it to \(field: .platforms), or leave it out
                """
            )
        }
        if let target, target.isEmpty || target.hasBlankOrControl {
            throw usage("target \(target.quoted) is no name of a stage")
        }
        if case .stages(let stages) = noCache, stages.isEmpty {
            throw usage("the list of stages to build without cache is empty")
        }
        if context == .tarOnInput, dockerfile == .text([]) {
            throw usage(
                "standard input can't be both the build context and the Dockerfile; name a file for one of them"
            )
        }
        try checkExports()
        try checkCaches()
        try checkAttestations()
    }

    /// What engines are told in messages, which are UTF-8, and what is no path here.
    private var texts: [String] {
        var texts = [target, cgroupParent].compactMap(\.self)
        for pairs in [buildArgs, labels] + platformBuildArgs.values {
            for (name, value) in pairs { texts += [name, value] }
        }
        if case .stages(let stages) = noCache { texts += stages }
        texts += contexts.keys
        texts += extraHosts.map(\.name)
        texts += secrets.map(\.id)
        return texts
    }

    private func checkAttestations() throws(BuildError) {
        let wanted = attestations.filter { !$0.isDisabled }
        for kind in Attestation.Kind.allCases where wanted.filter({ $0.kind == kind }).count > 1 {
            throw usage(
                "\(field: .attestations) asks for \(kind.rawValue) twice; give it once, with all its parameters"
            )
        }
    }

    private func checkCaches() throws(BuildError) {
        var seen: [CacheSpec] = []
        for cache in caches.destinations {
            if let other = seen.first(where: { $0.kind == cache.kind && $0.target == cache.target }) {
                throw usage("the \(cache.name) is written twice: \(other) and \(cache); leave one out")
            }
            seen.append(cache)
        }
        if caches.coversFailure, caches.destinations.allSatisfy({ $0.kind == .inline }) {
            throw usage(
                """
                \(field: .cacheOnFailure) needs a \(field: .cacheDestinations) that is no inline cache, as a failed build \
                has no image
                """
            )
        }
    }

    /// Adds what `--push` and `--load` ask for where no output does it yet.
    public mutating func addShorthandExports(push: Bool, load: Bool) {
        if push {
            var isPushed = false
            for (index, export) in exports.enumerated() {
                guard case .image(var attributes, _) = export else { continue }
                attributes["unpack"] = attributes["unpack"] ?? "false"
                exports[index] = .image(attributes: attributes, isPushed: true)
                isPushed = true
            }
            if !isPushed { exports.append(.image(attributes: ["unpack": "false"], isPushed: true)) }
        }
        let isLoaded = exports.contains { if case .docker(nil, _) = $0 { true } else { false } }
        if load && !isLoaded { exports.append(.docker(nil, attributes: [:])) }
    }

    /// Puts annotations into the image outputs; there must be one.
    public mutating func annotate(_ annotations: [Annotation]) throws(BuildError) {
        guard !annotations.isEmpty else { return }
        var notes: [String: String] = [:]
        for annotation in annotations { for key in annotation.attributes { notes[key] = annotation.value } }
        if exports.isEmpty { exports = [.image(attributes: [:], isPushed: false)] }
        var isUsed = false
        for (index, export) in exports.enumerated() {
            switch export {
            case .image(let own, let isPushed):
                exports[index] = .image(attributes: own.adding(notes), isPushed: isPushed)
            case .oci(let file, let own):
                exports[index] = .oci(file, attributes: own.adding(notes))
            case .docker(let file, let own):
                exports[index] = .docker(file, attributes: own.adding(notes))
            case .local, .tar, .cacheOnly: continue
            }
            isUsed = true
        }
        guard isUsed else { throw usage("\(field: .annotations) has no image to go to: no output is one") }
    }

    /// Whether an output is written to standard output.
    public var writesToStandardOutput: Bool { exports.contains { $0.file == .standardOutput } }

    /// Whether an output gives files without an image.
    public var exportsFilesOnly: Bool {
        exports.contains { export in
            switch export {
            case .local, .tar: true
            default: false
            }
        }
    }

    private func checkExports() throws(BuildError) {
        guard exports.filter({ $0.file == .standardOutput }).count <= 1 else {
            throw usage("more than one output goes to standard output; give all but one a file with dest=FILE")
        }
        try checkLayouts()
        var seen: Set<String> = []
        for export in exports {
            if let path = export.path, !seen.insert(path).inserted {
                throw usage("two outputs go to \(path.quoted); give each its own dest")
            }
            if export.isMirror, let path = export.path, !entitlements.contains(where: \.allowsDeletion) {
                throw usage(
                    """
                    mode=delete removes everything in \(path.quoted) that the result doesn't have; allow that with \
                    \(field: .entitlements) buildx.local.delete, or use mode=copy
                    """
                )
            }
            if case .image(let attributes, isPushed: true) = export, tags.isEmpty, attributes["name"] == nil {
                throw usage(
                    "an image needs a name to be pushed; give it one with \(field: .tags) REGISTRY/REPOSITORY:TAG"
                )
            }
        }
    }

    private func checkLayouts() throws(BuildError) {
        guard exports.filter({ $0.layoutDirectory != nil }).count <= 1 else {
            throw usage("engines write a single output with tar=false a build; give all but one a file")
        }
    }

    private func usage(_ message: FieldMessage) -> BuildError { BuildError(.usage, message) }
}

extension ExportSpec {
    /// The file an archive goes to; nil for outputs that are none.
    public var file: ExportFile? {
        switch self {
        case .tar(let file, _), .oci(let file, _): file
        case .docker(let file, _): file
        case .image, .local, .cacheOnly: nil
        }
    }

    /// The directory that an image layout is written into: `tar=false`.
    public var layoutDirectory: String? {
        switch self {
        case .oci(.path(let path), let attributes), .docker(.path(let path)?, let attributes):
            attributes.isDirectory ? path : nil
        default: nil
        }
    }

    /// Whether what the result doesn't have is removed from the directory: `mode=delete`.
    public var isMirror: Bool {
        if case .local(_, let attributes) = self { attributes.isMirror } else { false }
    }

    /// The file or directory on this machine that is written; nil where there is none.
    public var path: String? {
        if case .local(let directory, _) = self { return directory }
        if case .path(let path)? = file { return path }
        return nil
    }
}
