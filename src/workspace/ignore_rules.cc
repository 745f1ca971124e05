#include "workspace/ignore_rules.h"

#include <algorithm>

#include "base/text.h"

namespace batchmill::workspace {

namespace {

// "[...]" at the start of `glob` against `c`; sets `length` to its size, 0 if it is not closed.
bool matches_set(std::string_view glob, char c, std::size_t& length) {
  std::size_t at = 1;
  const bool negated = at < glob.size() && (glob[at] == '!' || glob[at] == '^');
  if (negated) ++at;
  bool found = false;
  const std::size_t first = at;
  for (; at < glob.size() && (glob[at] != ']' || at == first); ++at) {
    if (glob[at] == '\\' && at + 1 < glob.size()) ++at;
    if (at + 2 < glob.size() && glob[at + 1] == '-' && glob[at + 2] != ']') {
      found = found || (glob[at] <= c && c <= glob[at + 2]);
      at += 2;
    } else {
      found = found || glob[at] == c;
    }
  }
  length = at < glob.size() ? at + 1 : 0;
  return found != negated && c != '/';
}

bool match(std::string_view glob, std::string_view path) {
  while (!glob.empty()) {
    if (glob.starts_with("**")) {
      // "**/" is any number of folders, none too; at the end it is everything.
      const std::string_view rest = glob.substr(
          glob.find_first_not_of('*') == std::string_view::npos ? glob.size()
                                                                : glob.find_first_not_of('*'));
      if (rest.empty()) return true;
      if (rest[0] == '/' && match(rest.substr(1), path)) return true;
      for (std::size_t i = 0; i <= path.size(); ++i) {
        if (match(rest, path.substr(i))) return true;
      }
      return false;
    }
    if (glob[0] == '*') {
      for (std::size_t i = 0; i <= path.size(); ++i) {
        if (match(glob.substr(1), path.substr(i))) return true;
        if (i < path.size() && path[i] == '/') return false;
      }
      return false;
    }
    if (path.empty()) return false;
    std::size_t length = 0;
    if (glob[0] == '[') {
      const bool in_set = matches_set(glob, path[0], length);
      if (length > 0) {
        if (!in_set) return false;
        glob.remove_prefix(length);
        path.remove_prefix(1);
        continue;
      }
    }
    if (glob[0] == '?') {
      if (path[0] == '/') return false;
    } else {
      if (glob[0] == '\\' && glob.size() > 1) glob.remove_prefix(1);
      if (glob[0] != path[0]) return false;
    }
    glob.remove_prefix(1);
    path.remove_prefix(1);
  }
  return path.empty();
}

}  // namespace

bool matches_path_glob(std::string_view glob, std::string_view path) { return match(glob, path); }

IgnoreRules::IgnoreRules(std::string_view text) {
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line[0] == '#') continue;
    while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
    Pattern pattern;
    if (line.starts_with('!')) {
      pattern.takes_back = true;
      line.remove_prefix(1);
    }
    if (line.ends_with('/')) {
      pattern.folders_only = true;
      line.remove_suffix(1);
    }
    pattern.anchored = line.find('/') != std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    if (line.empty()) continue;
    pattern.glob = line;
    patterns_.push_back(std::move(pattern));
  }
}

bool IgnoreRules::fits(const Pattern& pattern, std::string_view path, bool is_folder) {
  if (pattern.folders_only && !is_folder) return false;
  if (pattern.anchored) return matches_path_glob(pattern.glob, path);
  const std::size_t slash = path.rfind('/');
  return matches_path_glob(pattern.glob,
                           slash == std::string_view::npos ? path : path.substr(slash + 1));
}

// The pattern fits the path or a folder above it.
bool IgnoreRules::fits_or_contains(const Pattern& pattern, std::string_view path, bool is_folder) {
  if (fits(pattern, path, is_folder)) return true;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    if (fits(pattern, path.substr(0, slash), true)) return true;
  }
  return false;
}

bool IgnoreRules::ignores(std::string_view path) const {
  const auto last = std::find_if(patterns_.rbegin(), patterns_.rend(), [&](const Pattern& pattern) {
    return fits_or_contains(pattern, path, false);
  });
  return last != patterns_.rend() && !last->takes_back;
}

bool IgnoreRules::prunes(std::string_view folder) const {
  for (auto pattern = patterns_.rbegin(); pattern != patterns_.rend(); ++pattern) {
    if (pattern->takes_back) return false;
    if (fits_or_contains(*pattern, folder, true)) return true;
  }
  return false;
}

}  // namespace batchmill::workspace
