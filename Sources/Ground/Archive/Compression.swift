/// How a tar is compressed.
package enum Compression: String, Sendable, Hashable, CaseIterable {
    /// Not at all.
    case none
    /// By gzip.
    case gzip
    /// By Zstandard.
    case zstd
    /// By xz.
    case xz

    /// libarchive's options for this compression: the same bytes in every run, and all cores where that is possible.
    ///
    /// An option that an older library doesn't know is left out, unless it is required.
    func options(threads: Int) -> [(name: String, value: String?, isRequired: Bool)] {
        switch self {
        case .none: []
        // Without this, the header would contain the time of day.
        case .gzip: [("timestamp", nil, true)]
        case .zstd, .xz: [("threads", String(threads), false)]
        }
    }
}
