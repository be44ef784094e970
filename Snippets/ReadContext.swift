// Lists what a build of a folder would send, and checks its Dockerfile:
//
//     swift run ReadContext FOLDER

import Caisson
import Foundation

guard CommandLine.arguments.count == 2 else {
    print("usage: ReadContext FOLDER")
    throw BuildError(.usage, "one argument is needed")
}
let folder = CommandLine.arguments[1]

// snippet.context
let files = try contextFiles(of: folder)
let bytes = files.reduce(0) { $0 + $1.size }
print("\(files.count) files, \(bytes) bytes")
// snippet.end

// snippet.lint
let dockerfile = try Data(contentsOf: URL(filePath: folder).appending(path: "Dockerfile"))
for finding in try lint(dockerfile: Array(dockerfile)) {
    print("\(finding.line):\(finding.column) \(finding.rule): \(finding.message)")
}
// snippet.end
