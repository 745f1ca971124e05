#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ports/bulk_files.h"

namespace batchmill::data {

// The names of one folder in the order of the walk: byte order, with folders compared as "name/".
// Compact (24 bytes a name besides its text) and reusable, because a folder may hold millions.
class FolderNames {
 public:
  struct Name {
    std::string_view text;  // folders end with '/'; valid until the next clear()
    bool is_folder = false;
    bool is_link = false;
  };

  void clear();
  void add(const VisitedEntry& entry);
  void sort();
  std::size_t size() const { return entries_.size(); }
  Name at(std::size_t index) const;

 private:
  struct Entry {
    std::uint64_t key = 0;  // the 8 bytes after what all names have in common
    std::uint64_t offset = 0;
    std::uint16_t length = 0;
    bool is_folder = false;
    bool is_link = false;
  };

  std::string_view text_of(const Entry& entry) const {
    return {arena_.data() + entry.offset, entry.length};
  }
  std::size_t common_prefix() const;

  std::string arena_;
  std::vector<Entry> entries_;
};

}  // namespace batchmill::data
