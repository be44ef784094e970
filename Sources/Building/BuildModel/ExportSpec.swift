/// What to do with a build's result: one `--output`.
public enum ExportSpec: Sendable, Hashable {
    /// An image in the engine's own store, with attributes of BuildKit's `image` exporter; `isPushed` also pushes it.
    case image(attributes: ExportAttributes, isPushed: Bool)
    /// The files of the result, written into a directory here.
    case local(directory: String, attributes: ExportAttributes)
    /// The files of the result as a tar archive.
    case tar(ExportFile, attributes: ExportAttributes)
    /// An OCI image layout as a tar archive, or with `tar=false` in the directory of that path.
    case oci(ExportFile, attributes: ExportAttributes)
    /// An archive for `docker load`, or with `tar=false` a layout in the directory of that path; without a file it is
    /// loaded into the engine's own store.
    case docker(ExportFile?, attributes: ExportAttributes)
    /// Nothing: the steps only run.
    case cacheOnly
}

/// Where an exported archive goes.
public enum ExportFile: Sendable, Hashable {
    /// Standard output.
    case standardOutput
    /// A file, replaced at once when the export is whole.
    case path(String)
}
