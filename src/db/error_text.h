#pragma once

#include <optional>
#include <string>
#include <string_view>

// Error records (docs/formats/error-record.md) are kilobytes, and most of a step's failures differ
// only in what belongs to the one mini-batch. Split, the common part is stored once.
namespace batchmill::db {

// `common` is the record with the values of item, message, mini_batch and detail replaced by the
// byte 1, which no JSON holds; `own` is those values in order, separated by the byte 1. Values
// over kLongestOwnPart bytes stay in `common`.
struct ErrorText {
  std::string common;
  std::string own;
  bool operator==(const ErrorText&) const = default;
};

inline constexpr std::size_t kLongestOwnPart = 400;

// The inverse of join_error(), byte for byte. Text that is no JSON object is all `common`.
ErrorText split_error(const std::string& record);
std::string join_error(std::string_view common, std::string_view own);

// What is kept of a record when a step's errors outgrow the ledger's limit: code, type, place,
// item, mini_batch and the first kLongestOwnPart bytes of the message, and "shortened": true. A
// text that is no JSON object is cut.
std::string shorten_error(const std::string& record);

}  // namespace batchmill::db
