import CaissonBuildModel

/// Registries that may be spoken to without TLS, in the words of each engine.
extension BuildRequest {
    /// Whether the registry of an image or a cache may be spoken to without TLS.
    func isInsecure(_ reference: ImageReference) -> Bool {
        insecureRegistries.contains("*") || insecureRegistries.contains(reference.domain.lowercased())
    }

    /// An output that pushes to such a registry, said so where the engine takes that.
    func allowingInsecure(_ export: ExportSpec) throws(BuildError) -> ExportSpec {
        guard case .image(var attributes, isPushed: true) = export, attributes.isInsecure == nil,
            try ExportPlan.names(attributes, tags).contains(where: isInsecure)
        else { return export }
        attributes.isInsecure = true
        return .image(attributes: attributes, isPushed: true)
    }

    /// A cache at such a registry, said so.
    func allowingInsecure(_ cache: CacheSpec) -> CacheSpec {
        guard cache.isInsecure == nil, let reference = cache.reference, isInsecure(reference)
        else { return cache }
        var cache = cache
        cache.isInsecure = true
        return cache
    }
}
