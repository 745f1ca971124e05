#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/attempt.h"

// The error record of docs/formats/error-record.md as a value. Pure.
namespace batchmill::runlog {

// A place in the user's code; `file` is relative to the code folder.
struct CodePlace {
  std::string file;
  int line = 0;
  std::string function;  // empty for a syntax error
  bool operator==(const CodePlace&) const = default;
};

struct Frame {
  std::string file;
  int line = 0;
  std::string function;
  std::string text;     // the source line
  bool user = false;    // below the code folder
  std::string library;  // top-level module, of frames that are not the user's
  int repeated = 0;     // further times that the block of `period` frames ending here occurred
  int period = 1;
  int omitted = 0;  // frames left out before this one
};

// One exception with its stack, outermost frame first.
struct RaisedException {
  std::string link;  // "caused by" or "while handling"; empty for the first and for leaves
  std::string type, message;
  std::optional<CodePlace> place;
  std::vector<Frame> frames;
};

struct ErrorRecord {
  int code = 901;  // of messages.md 3.2
  RaisedException raised;
  std::vector<RaisedException> chain;
  std::vector<std::string> notes;
  std::uint64_t leaf_count = 0;  // of an ExceptionGroup
  std::vector<RaisedException> leaves;
  std::string item;
  std::optional<std::uint64_t> mini_batch;
  std::string detail;
};

// Never fails: text that is no error record becomes the message of one with code 901, so that
// nothing that a worker said is lost.
ErrorRecord parse_error_record(const std::string& json);
std::string to_json(const ErrorRecord& record);

// What a failed attempt says of itself; where it carries no record (a short return, a lost node),
// one is made from its status.
ErrorRecord error_record_of(const AttemptRecord& attempt);

}  // namespace batchmill::runlog
