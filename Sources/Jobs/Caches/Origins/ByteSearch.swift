/// A search whose time grows with the lengths of both texts only, whatever they are (Knuth, Morris and Pratt).
enum ByteSearch {
    /// The place after the first `word` in a text; nil where it isn't there.
    static func end(of word: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        guard !word.isEmpty else { return text.startIndex }
        guard word.count <= text.count else { return nil }
        let borders = borders(of: word)
        var length = 0
        for place in text.indices {
            while length > 0, word[length] != text[place] { length = borders[length - 1] }
            if word[length] == text[place] { length += 1 }
            if length == word.count { return place + 1 }
        }
        return nil
    }

    /// For each beginning of a word, how much of its end is a beginning of the word, too.
    private static func borders(of word: [UInt8]) -> [Int] {
        var borders = Array(repeating: 0, count: word.count)
        var length = 0
        for place in word.indices.dropFirst() {
            while length > 0, word[length] != word[place] { length = borders[length - 1] }
            if word[length] == word[place] { length += 1 }
            borders[place] = length
        }
        return borders
    }
}
