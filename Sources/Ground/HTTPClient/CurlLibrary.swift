import CaissonCCurl

/// libcurl as a whole: it is loaded when the first request or TLS connection needs it.
enum CurlLibrary {
    /// Loads libcurl unless it is loaded already; an error says what to install.
    static func load() throws(HTTPClientError) {
        guard let reason = ccurl_load() else { return }
        throw missing("libcurl.so.4", String(cString: reason))
    }

    /// Tries to load a library of that name as libcurl.
    static func check(named name: String) throws(HTTPClientError) {
        guard let reason = ccurl_try_load(name) else { return }
        throw missing(name, String(cString: reason))
    }

    private static func missing(_ name: String, _ reason: String) -> HTTPClientError {
        HTTPClientError(.libraryMissing, "\(name) couldn't be loaded (\(reason)) — install libcurl4")
    }
}
