extension BuildRequest {
    /// What has left a build that succeeded, beside its caches.
    package func artifacts(of result: BuildResult) -> [BuildArtifact] {
        var found: [BuildArtifact] = []
        if result.digest != nil || result.imageID != nil {
            let named = result.exporterResponse["image.name"].map { $0.split(separator: ",").map(String.init) }
            let isPushed = exports.contains { if case .image(_, isPushed: true) = $0 { true } else { false } }
            let image = ImageArtifact(
                names: named ?? tags.map(\.description),
                digest: result.digest,
                id: result.imageID,
                isPushed: isPushed
            )
            found.append(.image(image))
        }
        return found + exports.compactMap(\.artifact)
    }
}

extension ExportSpec {
    /// What it writes outside of the engine; nil for an image that isn't written here.
    fileprivate var artifact: BuildArtifact? {
        if let layoutDirectory { return .directory(layoutDirectory) }
        if case .local(let directory, _) = self { return .directory(directory) }
        return switch file {
        case .path(let path)?: .file(path)
        case .standardOutput?: .standardOutput
        case nil: nil
        }
    }
}
