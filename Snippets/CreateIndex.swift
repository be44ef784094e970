// Makes an index of images that were pushed one a platform, and reads it back:
//
//     swift run CreateIndex TAG SOURCE...

import Caisson

let names = try CommandLine.arguments.dropFirst().map { try ImageReference(parsing: $0) }
guard let tag = names.first, names.count > 1 else {
    print("usage: CreateIndex TAG SOURCE...")
    throw BuildError(.usage, "a tag and a source are needed")
}

// snippet.index
let index = try await createIndex(tag, from: Array(names.dropFirst()))
print("\(tag) is \(index.digest)")
let again = try await inspectImage(tag)
print(String(decoding: again.bytes, as: UTF8.self))
// snippet.end
