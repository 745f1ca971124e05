#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/utf8.h"

namespace batchmill {
namespace {

constexpr std::size_t kMostSuggestions = 3;
// Nobody misspells a name of this length; it bounds the cost on hostile input.
constexpr std::size_t kLongestName = 200;

std::u32string decode(std::string_view utf8) {
  std::u32string points;
  points.reserve(utf8.size());
  while (!utf8.empty()) points.push_back(take_code_point(utf8).point);
  return points;
}

std::size_t distance(std::u32string_view a, std::u32string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::vector<std::string> sorted_words(std::string_view name) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : to_lower(name)) {
    if (c == '_' || c == '-' || c == '.' || c == ' ') {
      if (!word.empty()) words.push_back(std::exchange(word, {}));
    } else {
      word += c;
    }
  }
  if (!word.empty()) words.push_back(word);
  std::sort(words.begin(), words.end());
  return words;
}

template <typename Predicate>
std::vector<std::string> first_matches(const std::vector<std::string>& allowed, Predicate matches) {
  std::vector<std::string> found;
  for (const std::string& name : allowed) {
    if (found.size() == kMostSuggestions) break;
    if (matches(name) && std::find(found.begin(), found.end(), name) == found.end()) {
      found.push_back(name);
    }
  }
  return found;
}

std::vector<std::string> least_distance(std::string_view found,
                                        const std::vector<std::string>& allowed) {
  const std::u32string points = decode(to_lower(found));
  const std::size_t limit = std::max<std::size_t>(3, points.size()) / 3;
  std::vector<std::size_t> distances;
  std::size_t least = limit + 1;
  for (const std::string& name : allowed) {
    const std::u32string other = decode(to_lower(name));
    const std::size_t longer = std::max(points.size(), other.size());
    const bool hopeless = longer - std::min(points.size(), other.size()) > limit;
    distances.push_back(hopeless ? limit + 1 : distance(points, other));
    least = std::min(least, distances.back());
  }
  if (least > limit) return {};
  return first_matches(allowed, [&](const std::string& name) {
    return distances[static_cast<std::size_t>(&name - allowed.data())] == least;
  });
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  return distance(decode(a), decode(b));
}

std::vector<std::string> nearest(std::string_view found, const std::vector<std::string>& allowed) {
  if (found.empty() || found.size() > kLongestName) return {};
  const std::string lowered = to_lower(found);
  std::vector<std::string> near =
      first_matches(allowed, [&](const std::string& name) { return to_lower(name) == lowered; });
  if (near.empty()) near = least_distance(found, allowed);
  if (near.empty()) {
    const std::vector<std::string> words = sorted_words(found);
    near = first_matches(allowed, [&](const std::string& name) {
      return words.size() > 1 && sorted_words(name) == words;
    });
  }
  return near;
}

}  // namespace batchmill
