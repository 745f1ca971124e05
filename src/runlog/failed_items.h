#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "model/attempt.h"
#include "ports/files.h"
#include "runlog/report_file.h"

namespace batchmill::runlog {

// Appends the name of an item: a path, or a file with its row. Without a position, of the whole
// mini-batch, for those whose number of items nobody knows.
using NameItem =
    std::function<void(MiniBatchId, std::optional<std::uint32_t> position, std::string& name)>;

// failed_items.csv: every item that is finally failed. Of a bisected mini-batch these are the items
// that failed alone, of any other one all its items: which of them was at fault is not known.
class FailedItems {
 public:
  static constexpr std::uint64_t kMostRows = 1'000'000;

  // `name` may be empty: the column is N/A then.
  FailedItems(Files& files, std::string path, NameItem name, std::uint64_t most_rows = kMostRows)
      : files_(files), path_(std::move(path)), name_(std::move(name)), most_rows_(most_rows) {}

  Result<void> add(const AttemptRecord& attempt);  // with its error text; others are ignored
  // Replaces the file, or removes it when no item is finally failed. Its last row says how many
  // items are left out, if there are more than the most that it takes.
  Result<void> finish();

 private:
  void add_row(const AttemptRecord& attempt, std::optional<std::uint32_t> position,
               const std::string& rest);

  Files& files_;
  std::string path_;
  NameItem name_;
  std::uint64_t most_rows_;
  std::optional<ReportFile> file_;
  std::uint64_t rows_ = 0;
  std::uint64_t left_out_ = 0;
  std::string text_;
};

}  // namespace batchmill::runlog
