import CaissonBuildModel
import CaissonReports

/// Builds in focus.
extension Samples {
    static let began = Timestamp(seconds: made.seconds - 120, nanoseconds: 250_000_000)

    static func time(_ offset: Double) -> Timestamp {
        let whole = offset.rounded(.down)
        let nanoseconds = Int32(((offset - whole) * 1e9).rounded(.down))
        return Timestamp(seconds: began.seconds + Int64(whole), nanoseconds: nanoseconds)
    }

    static func step(_ number: Int, _ stage: String?, _ text: String, _ span: (Double, Double)) -> ReportStep {
        var step = ReportStep(number: number, stage: stage, text: text, outcome: .done)
        (step.started, step.ended) = (time(span.0), time(span.1))
        return step
    }

    /// A build with three stages, a cached one among them.
    static func usualBuild() -> ReportBuild {
        var build = ReportBuild(id: "k3v9x0a1b2c3d4e5f6g7h8i9j", status: .succeeded)
        build.names = ["registry.example/shop/web:1.42", "registry.example/shop/web:latest"]
        (build.engine, build.revision) = ("buildkitd v0.26.2 (unix:///run/buildkit/buildkitd.sock)", "9f3c2a1 on main")
        (build.started, build.ended) = (time(0), time(96.4))
        build.steps = [
            step(1, nil, "[internal] load build definition from Dockerfile", (0.02, 0.11)),
            step(2, nil, "[internal] load metadata for docker.io/library/node:22-slim", (0.12, 1.4)),
            step(3, nil, "[internal] load build context", (1.4, 3.9)),
            step(4, "deps", "FROM docker.io/library/node:22-slim", (1.4, 1.41)),
            step(5, "deps", "WORKDIR /src", (1.41, 1.41)), step(6, "deps", "COPY . .", (3.9, 5.2)),
            step(7, "deps", "RUN --mount=type=cache,target=/root/.npm npm ci", (5.2, 49.8)),
            step(8, "build", "COPY --from=deps /src/node_modules node_modules", (50.9, 54.2)),
            step(9, "build", "RUN npm run build -- --mode production", (54.2, 87.1)),
            step(10, "web", "FROM docker.io/library/nginx:1.29-alpine", (1.5, 1.52)),
            step(11, "web", "RUN apk add --no-cache brotli", (1.52, 1.53)),
            step(12, "web", "COPY --from=build /src/dist /usr/share/nginx/html", (87.2, 88)),
            step(13, nil, "exporting to image", (88, 96.4)),
        ]
        for place in [3, 4, 9, 10] { build.steps[place].outcome = .cached }
        build.steps[6].usual = .init(median: 9.8, spread: 1.4, count: 38, verdict: .slower)
        build.steps[6].why = "It ran because “COPY . .” before it changed: src/cart.ts is new."
        build.steps[8].usual = .init(median: 36.5, spread: 3, count: 120, verdict: .faster)
        build.steps[8].why = "It ran because node_modules changed."
        var usage = ReportStep.Usage()
        (usage.processor, usage.memory, usage.read, usage.written) = (91.4, 1_812_000_000, 31_000_000, 240_500_000)
        build.steps[8].usage = usage
        build.path =
            [2, 3, 6, 7].map { .init(step: $0) }
            + [.init(step: 8, wait: 1.1, reason: "a free place among the steps"), .init(step: 9)]
            + [.init(step: 12, wait: 0.1)]
            + [.init(step: 13)]
        return build
    }

    static func focus(steps: Int) -> ReportPage {
        var page = ReportPage(title: "One build", made: made)
        var build = ReportBuild(id: "build", status: .succeeded)
        (build.started, build.ended) = (time(0), time(Double(steps)))
        build.steps = (0..<steps).map { index in
            let start = Double(index) * 0.8
            let text = "RUN make part-\(index) of everything"
            var step = step(index + 1, "stage-\(index % 7)", text, (start, start + 1.3))
            step.why = "It ran because part-\(index).c changed."
            step.usual = .init(median: 1.2, spread: 0.2, count: 30, verdict: .usual)
            if index % 3 == 0 { step.outcome = .cached }
            return step
        }
        build.path = stride(from: 1, through: steps, by: 9).map { .init(step: $0, wait: 0.4, reason: "a place") }
        page.build = build
        return page
    }

    static var failed: ReportPage {
        var page = focus(steps: 6)
        page.build?.status = .failed
        page.build?.error = "process \"/bin/sh -c make\" did not complete successfully: exit code: 2"
        page.build?.steps[5].outcome = .failed
        page.build?.steps[5].error = "exit code: 2"
        page.build?.steps[5].log = (0..<60).map {
            "main.c:\($0):7: error: expected ‘;’ before ‘return’ \u{1B}[1mhere\u{1B}[0m"
        }
        return page
    }

    static func ended(_ status: BuildStatus) -> ReportPage {
        var page = focus(steps: 6)
        page.build?.status = status
        page.build?.ended = status == .cancelled ? time(4) : nil
        page.build?.steps[4].ended = nil
        page.build?.steps[4].outcome = status == .cancelled ? .cancelled : .running
        page.build?.steps[5].started = nil
        page.build?.steps[5].ended = nil
        page.build?.steps[5].outcome = .waiting
        return page
    }

    static var timeless: ReportPage {
        var page = focus(steps: 5)
        page.build?.started = nil
        page.build?.ended = nil
        for place in 0..<5 {
            page.build?.steps[place].started = nil
            page.build?.steps[place].ended = nil
        }
        return page
    }

    static var zero: ReportPage {
        var page = history(3)
        page.points = page.points.map { ReportPoint(id: $0.id, time: made, duration: 0, status: .succeeded) }
        var build = ReportBuild(id: "zero", status: .succeeded)
        (build.started, build.ended) = (time(0), time(0))
        build.steps = (0..<3).map { step($0, "a", "RUN true", (0, 0)) }
        page.build = build
        return page
    }

    static var jumping: ReportPage {
        var page = history(60)
        page.points[30].time = Timestamp(seconds: 0)
        page.points[31].time = Timestamp(seconds: .max)
        page.points[32].time = Timestamp(seconds: .min)
        var build = usualBuild()
        build.steps[2].ended = Timestamp(seconds: 0)
        build.steps[3].started = Timestamp(seconds: 0)
        build.steps[6].ended = Timestamp(seconds: .max)
        build.steps[7].started = Timestamp(seconds: .min)
        page.build = build
        return page
    }

    static var wideRange: ReportPage {
        var page = history(40)
        for place in page.points.indices {
            page.points[place].duration = [0.01, 0.4, 12, 600, 259_200][place % 5]
        }
        var build = ReportBuild(id: "wide", status: .succeeded)
        (build.started, build.ended) = (time(0), time(259_200))
        build.steps = [step(1, "a", "RUN true", (0, 0.01)), step(2, "a", "RUN make world", (0.01, 259_200))]
        page.build = build
        return page
    }
}
