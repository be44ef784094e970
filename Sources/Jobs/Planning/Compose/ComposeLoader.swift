import CaissonText

/// Reads compose files into one model: variables, `include`, `extends`, merging, long forms, paths.
///
/// Every step reports what is wrong and goes on, so that one run tells all problems of a file; a faulty value is marked and no
/// later step speaks of it again.
struct ComposeLoader {
    var report = ComposeReport()
    var files: ComposeFiles
    var copied = 0
    let home: String?
    private var substitutable = ComposeBounds.substituted
    private var scopes = 0
    /// Services of files that others extend from, with the numbers of the scopes in which they were read.
    private var extended: [ExtendedKey: ComposeServices] = [:]

    private struct ExtendedKey: Hashable {
        var path: String
        var scope: Int
    }

    init(_ sources: ComposeSources) {
        files = ComposeFiles(sources.read)
        home = sources.home
    }

    /// The next number of a scope.
    mutating func nextScope() -> Int {
        scopes += 1
        return scopes
    }

    /// The model of some files, later ones merged into earlier ones.
    mutating func model(of names: [(path: String, place: ComposePlace)], in scope: ComposeScope) -> ComposeValue {
        var model = ComposeValue(.map([:]), at: ComposePlace(names.first?.path ?? ""))
        for (path, place) in names {
            var scope = scope
            scope.trail.append(path)
            for document in files.documents(of: path, namedAt: place, &report) ?? [] {
                model = merge(document, of: path, into: model, in: scope)
            }
        }
        model = ComposeDefaults.contexts(in: model)
        let paths = ComposePaths(folder: scope.relativeFolder, home: home)
        model = ComposeDefaults.resolved(model, paths, &report)
        return ComposeDefaults.environment(in: model, scope.environment)
    }

    private mutating func merge(
        _ document: ComposeDocument,
        of path: String,
        into model: ComposeValue,
        in scope: ComposeScope
    ) -> ComposeValue {
        var root = filled(document.root, in: scope)
        root = included(root, document.resets, in: scope)
        guard ComposeDefaults.hasServices(root, &report) else { return model }
        root = extending(root, of: path, document.resets, in: scope)
        let before = model.without(document.resets)
        return formed(ComposeMerge.files(before, root, copied: &copied, &report))
    }

    private mutating func filled(_ root: ComposeValue, in scope: ComposeScope) -> ComposeValue {
        ComposeInterpolation.apply(to: root, budget: &substitutable, &report) { scope.environment[$0] }
    }

    private mutating func formed(_ model: ComposeValue) -> ComposeValue {
        let unique = ComposeUnicity.apply(to: model, &report)
        return ComposeUnicity.apply(to: ComposeForms.apply(to: unique, &report), &report)
    }

    /// The services of a file that others extend from; neither its includes nor what it extends itself is looked at yet.
    mutating func services(
        of path: String,
        namedAt place: ComposePlace,
        folder: String,
        in scope: ComposeScope
    ) -> ComposeServices? {
        let key = ExtendedKey(path: path, scope: scope.number)
        if let known = extended[key] { return known }
        guard let documents = files.documents(of: path, namedAt: place, &report) else { return nil }
        var model = ComposeValue(.map([:]), at: ComposePlace(path))
        for document in documents {
            let root = filled(document.root, in: scope)
            let before = model.without(document.resets)
            model = formed(ComposeMerge.files(before, root, copied: &copied, &report))
        }
        model = ComposeDefaults.resolved(model, ComposePaths(folder: folder, home: home), &report)
        let services = ComposeServices(
            file: path,
            services: model["services"]?.fields ?? [:],
            resets: documents.last?.resets ?? []
        )
        extended[key] = services
        return services
    }
}
