/// The name of `known` that `name` was probably meant to be, `nil` if none is near.
///
/// Near is an edit distance (insertions, deletions, substitutions and swaps of neighbors each count 1, letters
/// are compared without case) of at most a third of the longer name, and at least 1. Ties go to the earlier
/// name. O(total length · length of `name`).
public func nearestName(to name: String, among known: some Sequence<String>) -> String? {
  var best: (name: String, distance: Int)?
  let letters = Array(name.lowercased())
  for candidate in known {
    let others = Array(candidate.lowercased())
    let distance = editDistance(letters, others)
    let limit = max(1, max(letters.count, others.count) / 3)
    if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.name
}

/// The optimal string alignment distance of two words (Damerau 1964; no part is edited twice).
private func editDistance(_ first: [Character], _ second: [Character]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...second.count)
  for i in first.indices {
    var row = [i + 1]
    for j in second.indices {
      let substitution = previous[j] + (first[i] == second[j] ? 0 : 1)
      var distance = min(substitution, previous[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
        distance = min(distance, beforePrevious[j - 1] + 1)
      }
      row.append(distance)
    }
    beforePrevious = previous
    previous = row
  }
  return previous[second.count]
}
