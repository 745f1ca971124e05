#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runlog/error_record.h"
#include "runlog/failure_groups.h"

// Failures in words (messages.md 3.1 and 3.2). Pure; nothing here has control bytes or invalid
// UTF-8, whatever the script said.
namespace batchmill::runlog {

// "score.py:31 in run"
std::string place_text(const CodePlace& place);

// The first line of a failure, without the step: "score.py:31 in run: ValueError: ...".
std::string failure_line(const ErrorRecord& record);

// What a first failure of its kind shows while the step runs: the line above and
// " (mini-batch 17, try 1 of 3)".
std::string new_failure_line(const ErrorRecord& record, std::uint64_t mini_batch,
                             std::uint32_t attempt, std::uint32_t attempts);

// The stack, the exception, what led to it, its notes, further lines and advice; not indented.
std::vector<std::string> failure_details(const ErrorRecord& record);

// "8 mini-batches, 24 tries, 4 different messages; first: mini-batch 17, day-03/part-17.csv"
std::string group_headline(const FailureGroup& group);

// "and 2 more kinds: 4 tries, succeeded later"; empty when nothing is left.
std::string rest_line(const FailureRest& rest);

// "score.py:31 in run: ValueError": a group in a few words.
std::string group_name(const FailureGroup& group);

}  // namespace batchmill::runlog
