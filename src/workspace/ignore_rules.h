#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace batchmill::workspace {

// An .amlignore or .gitignore (python-sdk.md section 5): gitignore syntax, tested for each file by
// its path relative to the folder of the file; the last pattern that fits decides, and '!' takes a
// file back in even below an ignored folder. Pure.
class IgnoreRules {
 public:
  IgnoreRules() = default;
  explicit IgnoreRules(std::string_view text);

  bool ignores(std::string_view path) const;
  // True if nothing below the folder can be wanted, so that it need not be walked.
  bool prunes(std::string_view folder) const;

 private:
  struct Pattern {
    std::string glob;
    bool takes_back = false;    // '!'
    bool folders_only = false;  // 'x/'
    bool anchored = false;      // has a slash before its end: from the root, else at any depth
  };
  static bool fits(const Pattern& pattern, std::string_view path, bool is_folder);
  static bool fits_or_contains(const Pattern& pattern, std::string_view path, bool is_folder);

  std::vector<Pattern> patterns_;
};

// gitignore's glob: '*' and '?' stop at '/', '**' does not; "[a-z]"; '\' takes the next as it is.
bool matches_path_glob(std::string_view glob, std::string_view path);

}  // namespace batchmill::workspace
