import CaissonBuildContext
import CaissonBuildModel
import CaissonEngines
import CaissonForecasts
import CaissonHistory
import CaissonInsights
import CaissonRegistry
import CaissonText

/// Where a forecast's parts come from: the history, the directories, the engine and the registries.
///
/// What can't be had is left out with a warning: the steps that it matters to are unknown then.
struct PlanSources: Sendable {
    /// So many earlier builds are looked at.
    private static let mostBuilds = 60
    /// How long the engine, and each registry, may take.
    private static let limit: Duration = .seconds(20)

    /// The build.
    let request: BuildRequest
    /// The engine that it would run on.
    let builder: Builder
    /// What registries are spoken to with.
    let registry: RegistryOptions

    /// All that is known of the build before it runs.
    ///
    /// - Throws: `BuildError` where its Dockerfile or its directories aren't there, or the history can't be read.
    func input() async throws -> ForecastInput {
        guard let dockerfile = ResolvedDockerfile(request) else {
            throw BuildError(
                .usage,
                "--plan needs the Dockerfile here; it is in the context that the engine reads itself"
            )
        }
        let text = try ContextWork.translating(.usage) { () throws(BuildContextError) in try dockerfile.text() }
        var input = ForecastInput(request, dockerfile: text)
        let directories = try request.contextDirectories()
        let store = try await BuildsCommand.store()
        // What a build belongs to depends on the directory that it is asked for in.
        var submission = BuildSubmission(request, request.id ?? BuildID(), .build, at: .now)
        submission.invocation = CommandState.invocation()
        let now = BuildDossier(BuildRecord(submission))
        let series = try BuildsCommand.predecessors(of: now, in: store, limit: Self.mostBuilds)
        let addresses = Set(builder.addresses)
        input.past = (series + BuildsCommand.linked(to: series, in: store)).map { dossier in
            ForecastInput.Past(
                dossier,
                dockerfile: store.place.dockerfile(of: dossier.record.id),
                isOfSameEngine: dossier.record.engineAddress.map { addresses.contains($0) } ?? false
            )
        }
        input.contexts = try await changes(in: directories, since: input.past, store.place)
        let begin = input.past.last?.dossier.record.submission.time ?? .now
        input.removals = RemovalLog(store.place).removals(since: begin).filter { addresses.contains($0.engine) }
        await askEngine(&input)
        await askRegistries(&input)
        return input
    }

    /// What changed in each directory since a build sent it.
    private func changes(
        in directories: [String: String],
        since past: [ForecastInput.Past],
        _ place: HistoryPlace
    ) async throws -> [ContextChanges] {
        let builds = Set(past.map(\.dossier.record.id))
        var found: [ContextChanges] = []
        for (_, directory) in directories.sorted(by: { $0.key < $1.key }) {
            guard let (earlier, build) = place.lastSnapshot(of: directory, by: builds),
                let now = try await request.snapshot(like: earlier)
            else { continue }
            found.append(now.changes(since: earlier, of: build).0)
        }
        return found
    }

    private func askEngine(_ input: inout ForecastInput) async {
        do {
            let caches = try await builder.caches(within: Self.limit)
            if caches.allSatisfy(\.takesFilters) { input.records = caches.flatMap(\.records) }
        } catch {
            CommandState.warn("what the engine keeps isn't known: \((error as? BuildError)?.message ?? "\(error)")")
        }
        // A pull asks the registry, whatever the engine has.
        guard !request.pull else { return }
        for image in input.baseImages {
            switch await builder.stored(image) {
            case .named(let since): input.storedBases[image] = since
            case .reserve(let digest): input.bases[image] = digest
            case .absent, .unknown: continue
            }
        }
    }

    /// Asks the registries what the names of base images stand for, side by side.
    private func askRegistries(_ input: inout ForecastInput) async {
        let wanted = input.baseImages.filter { input.storedBases[$0] == nil }
        guard !wanted.isEmpty else { return }
        let answers = (try? await withRegistryClient(registry) { await Self.digests(of: wanted, $0) }) ?? []
        for (image, answer) in answers.sorted(by: { $0.0 < $1.0 }) {
            switch answer {
            case .success(let digest): input.bases[image] = digest ?? input.bases[image]
            // The engine takes what it has then.
            case .failure where input.bases[image] != nil: continue
            case .failure(let error): CommandState.warn("the base image \(image.quoted) isn't known: \(error.message)")
            }
        }
    }

    private static func digests(
        of images: [String],
        _ client: RegistryClient
    ) async -> [(String, Result<String?, BuildError>)] {
        await withTaskGroup { group in
            for image in images { group.addTask { (image, await digest(of: image, client)) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// The digest that a name has at its registry; nil where there is no such image.
    private static func digest(of image: String, _ client: RegistryClient) async -> Result<String?, BuildError> {
        do {
            return .success(try await client.resolve(try ImageReference(parsing: image))?.digest.description)
        } catch let error as RegistryError {
            return .failure(BuildError(error))
        } catch let error as ParseError {
            return .failure(BuildError(error))
        } catch {
            return .failure(BuildError(.engine, "\(error)"))
        }
    }
}
