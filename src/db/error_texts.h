#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "db/sqlite.h"

namespace batchmill::db {

// The two error tables of a ledger: texts once each, and per failed attempt a reference. When the
// texts add up to kErrorTextLimit bytes, new ones are shortened (error_text.h) and stay so.
class ErrorTexts {
 public:
  static constexpr std::uint64_t kErrorTextLimit = 64ULL << 20;

  static Result<std::unique_ptr<ErrorTexts>> open(Database& database,
                                                  std::uint64_t limit = kErrorTextLimit);

  // Inside a transaction of the caller's; useless after it was rolled back.
  Result<void> add(std::int64_t attempt, const std::string& record);

 private:
  ErrorTexts(Database& database, std::uint64_t limit) : database_(database), limit_(limit) {}
  Result<void> load();
  Result<std::int64_t> text_id(const std::string& text);

  Database& database_;
  std::uint64_t limit_;
  std::optional<Statement> insert_text_, insert_error_;
  // By two hashes of the text, so that equal keys mean equal texts. Read back when first needed.
  struct KeyHash {
    std::size_t operator()(const std::pair<std::uint64_t, std::uint64_t>& key) const noexcept {
      return key.first;
    }
  };
  std::unordered_map<std::pair<std::uint64_t, std::uint64_t>, std::int64_t, KeyHash> known_;
  std::uint64_t bytes_ = 0;
  bool loaded_ = false;
};

}  // namespace batchmill::db
