#include "runlog/failed_items.h"

#include <algorithm>

#include "runlog/csv_text.h"
#include "runlog/error_record.h"
#include "runlog/failure_text.h"
#include "runlog/mini_batch_report.h"

namespace batchmill::runlog {

namespace {

constexpr const char* kColumns =
    "Mini-batch Id,Item,Item Name,Node,Process,Status,Error Category,Error Message\n";

bool is_finally_failed(const AttemptRecord& attempt) {
  return attempt.final && !attempt.forgotten && attempt.outcome.status != AttemptStatus::kRunDone;
}

// The columns that all items of an attempt share, with the line break.
std::string columns_after_name(const AttemptRecord& attempt) {
  std::string text = ",";
  append_number(text, attempt.worker.node.value);
  text += ',';
  append_process(text, attempt.worker.process);
  text += ',';
  text += status_name(attempt.outcome.status);
  text += ',';
  const ErrorRecord record = error_record_of(attempt);
  append_text(text, error_category(record.code, record.raised.type));
  text += ',';
  append_text(text, failure_line(record));
  return text + "\n";
}

}  // namespace

Result<void> FailedItems::add(const AttemptRecord& attempt) {
  if (!is_finally_failed(attempt)) return {};
  if (!file_) {
    file_.emplace(files_, path_);
    file_->buffer() = kColumns;
  }
  const ItemRange& part = attempt.id.part;
  const std::uint32_t items = part.is_whole() ? attempt.outcome.total : part.count;
  const std::uint64_t wanted = std::max<std::uint32_t>(items, 1);
  const std::uint64_t shown = std::min(wanted, most_rows_ - rows_);
  rows_ += shown;
  left_out_ += wanted - shown;
  if (shown == 0) return {};
  const std::string rest = columns_after_name(attempt);
  if (items == 0) {
    add_row(attempt, std::nullopt, rest);
    return file_->written();
  }
  for (std::uint32_t i = 0; i < shown; ++i) {
    add_row(attempt, part.first + i, rest);
    BM_TRY(file_->written());
  }
  return {};
}

void FailedItems::add_row(const AttemptRecord& attempt, std::optional<std::uint32_t> position,
                          const std::string& rest) {
  std::string& out = file_->buffer();
  append_number(out, attempt.id.mini_batch.value);
  out += ',';
  if (position) {
    append_number(out, *position);
  } else {
    out += kNull;
  }
  out += ',';
  text_.clear();
  if (name_) name_(attempt.id.mini_batch, position, text_);
  append_text(out, text_);
  out += rest;
}

Result<void> FailedItems::finish() {
  if (!file_) return files_.remove(path_);
  if (left_out_ > 0) {
    std::string& out = file_->buffer();
    out.append(kNull).append(",").append(kNull).append(",and ");
    append_number(out, left_out_);
    out += " more items that are not listed";
    for (int column = 0; column < 5; ++column) out.append(",").append(kNull);
    out += '\n';
  }
  return file_->finish();
}

}  // namespace batchmill::runlog
