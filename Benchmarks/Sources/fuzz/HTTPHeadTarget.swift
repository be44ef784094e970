/// The head of an answer in one piece and byte by byte: both give the same, and nothing after the head is consumed.
func fuzzHTTPHead(_ bytes: [UInt8]) {
    var whole = bytes[...]
    var reader = HTTPHeadReader()
    let head = Result { () throws(HTTPHeadError) in try reader.consume(&whole) }
    var slow = HTTPHeadReader()
    var taken = 0
    let slowHead = Result { () throws(HTTPHeadError) -> HTTPHead? in
        while taken < bytes.count {
            var piece = bytes[taken..<(taken + 1)]
            taken += 1
            if let head = try slow.consume(&piece) { return head }
        }
        return nil
    }
    switch (head, slowHead) {
    case (.success(let one), .success(let other)):
        precondition(one == other, "the portions make a difference")
        if one != nil { precondition(whole.count == bytes.count - taken, "more than the head is consumed") }
    case (.failure(let one), .failure(let other)): precondition(one == other, "the portions make another error")
    default: preconditionFailure("the portions decide")
    }
}
