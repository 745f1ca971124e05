#include "db/error_texts.h"

#include "base/hash.h"
#include "db/error_text.h"

namespace batchmill::db {

namespace {

std::pair<std::uint64_t, std::uint64_t> key_of(const std::string& text) {
  return {xxh3(text), xxh3(text, 0x9E3779B97F4A7C15ULL)};
}

}  // namespace

Result<std::unique_ptr<ErrorTexts>> ErrorTexts::open(Database& database, std::uint64_t limit) {
  std::unique_ptr<ErrorTexts> texts(new ErrorTexts(database, limit));
  BM_ASSIGN(texts->insert_text_, database.prepare("INSERT INTO error_texts (text) VALUES (?)"));
  BM_ASSIGN(texts->insert_error_, database.prepare("INSERT INTO attempt_errors VALUES (?, ?, ?)"));
  return texts;
}

Result<void> ErrorTexts::add(std::int64_t attempt, const std::string& record) {
  if (!loaded_) BM_TRY(load());
  ErrorText parts = split_error(record);
  if (bytes_ + parts.common.size() > limit_ && !known_.contains(key_of(parts.common))) {
    parts = split_error(shorten_error(record));
  }
  BM_ASSIGN(const std::int64_t text, text_id(parts.common));
  insert_error_->bind(1, attempt);
  insert_error_->bind(2, text);
  insert_error_->bind(3, parts.own);
  return insert_error_->run();
}

Result<void> ErrorTexts::load() {
  BM_ASSIGN(Statement all, database_.prepare("SELECT id, text FROM error_texts"));
  for (;;) {
    BM_ASSIGN(const bool row, all.step());
    if (!row) break;
    const std::string text = all.text(1);
    known_.emplace(key_of(text), all.integer(0));
    bytes_ += text.size();
  }
  loaded_ = true;
  return {};
}

Result<std::int64_t> ErrorTexts::text_id(const std::string& text) {
  const auto key = key_of(text);
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  insert_text_->bind(1, text);
  BM_TRY(insert_text_->run());
  const std::int64_t id = database_.last_row();
  known_.emplace(key, id);
  bytes_ += text.size();
  return id;
}

}  // namespace batchmill::db
