import CaissonBuildKit
import CaissonBuildModel
import FoundationEssentials
import CaissonHTTPClient
import CaissonRegistry

/// What follows the last step, by the engine's API for images.
extension SessionlessBuild {
    /// Finds out what was made, and writes and pushes it where that was asked for.
    func finish(_ id: String) async throws -> BuildResult {
        try await withHTTPClient { client in
            let images = DockerdImages(endpoint: endpoint, client: client)
            var result = BuildResult(ref: ref, imageID: id)
            result.exporterResponse["containerimage.config.digest"] = id
            let exports = TarExports(request)
            if !exports.names.isEmpty {
                result.exporterResponse["image.name"] = exports.names.map(\.description).joined(separator: ",")
            }
            if kind.isPodman { result.digest = try await podmanDigest(id, client) }
            for action in exports.actions { try await run(action, exports.names, images, &result) }
            result.exporterResponse["containerimage.digest"] = result.digest ?? id
            return result
        }
    }

    private func run(
        _ action: TarExports.Action,
        _ names: [ImageReference],
        _ images: DockerdImages,
        _ result: inout BuildResult
    ) async throws {
        switch action {
        case .save(let file, let isOCI):
            let saved = names.isEmpty ? [result.imageID].compactMap(\.self) : names.map(\.description)
            try await LocalStep.run("exporting the image by \(kind.name)", events) { _ in
                guard isOCI else { return try await images.save(saved, to: file) }
                try await images.saveByPodman(saved, to: file)
            }
        case .push:
            for name in names {
                let credentials = try await engine.options.credentials.credentials(for: name.domain)
                let digest = try await LocalStep.run("pushing \(name.description) by \(kind.name)", events) { step in
                    try await images.push(name, credentials: credentials) { step.tell($0) }
                }
                result.digest = digest ?? result.digest
            }
        }
    }

    /// The digest of the image's manifest, as podman has it.
    private func podmanDigest(_ id: String, _ client: HTTPClient) async throws -> String? {
        struct Image: Decodable {
            var Digest: String?
        }
        let request = HTTPRequest("GET", endpoint, "/v4.0.0/libpod/images/\(DockerdImages.escaped(id))/json")
        let answer = try await client.collect(request, upTo: 8 << 20)
        guard answer.status == 200 else {
            throw BuildError(.engine, "\(kind.name) doesn't have the image that it built (\(id)) — see its log")
        }
        let digest = (try? JSONDecoder().decode(Image.self, from: Data(answer.body)))?.Digest
        return digest?.hasPrefix("sha256:") == true ? digest : nil
    }
}

extension BuildError {
    /// What the failure of a build from a tar means to its user.
    static func of(
        _ failure: SessionlessProgress.Failure,
        _ steps: StepTracker,
        dockerfile: () -> SourceInfo?
    ) -> BuildError {
        let source = dockerfile()
        var ranges: [SourceRange] = []
        let line = parseErrorLine(failure.message)
        if let line {
            ranges = [SourceRange(startLine: line, endLine: line)]
        } else if let name = failure.step?.name, let source, let range = InstructionFinder(source.data).range(of: name)
        {
            ranges = [range]
        }
        let excerpts = ranges.isEmpty ? [] : source.map { [SourceExcerpt(source: $0, ranges: ranges)] } ?? []
        // Buildah shows its own inside after the words.
        var message =
            failure.message.ranges(of: " &imagebuilder.Step{").first.map {
                String(failure.message[..<$0.lowerBound])
            } ?? failure.message
        if let reason = failure.step.flatMap({ steps.startFailure(of: $0.vertex) }) { message += ": \(reason)" }
        let words = failure.message.lowercased()
        let isInput =
            line != nil
            || ["unknown instruction", "parse error", "build target", "was not found in the provided dockerfile"]
                .contains { words.contains($0) }
        return BuildError(
            isInput ? .usage : .step,
            message,
            excerpts: excerpts,
            step: isInput ? nil : failure.step
        )
    }
}
