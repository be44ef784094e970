import CaissonBuildModel

/// The head of the build in focus.
enum HTMLBuild {
    static func write(_ build: ReportBuild, _ html: inout HTMLText) {
        html.element("section", ["aria-labelledby": "build"]) { html in
            html.element("h2", ["id": "build"]) { html in
                html.text("Build ")
                let name = build.names.first ?? build.id
                html.element("span", ["class": "name"]) { $0.text(name, limit: SafeWords.name) }
                html.text(" ")
                HTMLMarks.badge(build.status, &html)
            }
            html.element("dl", ["class": "facts"]) { html in
                for (name, value) in build.facts { fact(name, value, &html) }
            }
            guard let error = build.error else { return }
            html.element("p", ["class": "error", "role": "note"]) { html in
                html.element("strong", "Error: ")
                html.text(error)
            }
        }
    }

    /// Writes a name and its value.
    static func fact(_ name: String, _ value: String, _ html: inout HTMLText) {
        html.element("div") { html in
            html.element("dt", name)
            html.element("dd", value)
        }
    }
}
