#pragma once

#include <cstdint>
#include <string>

#include "model/progress.h"

// Figures of a running step in words (messages.md 4). Pure.
namespace batchmill::cli {

// "99999", "112k", "1.02M", "3.4G": at most five characters.
std::string compact(std::uint64_t number);

// "2.4", "0.03", "112": per second.
std::string rate_text(double rate);

// "240/400"; "240/400+" while the total grows; "240/~2000" for an estimate.
std::string batches_text(const Count& count);
std::string items_text(const Count& count);

// "60%"; "" while the total is not known.
std::string percent_text(const Count& count);

// "55-80 s", "~60 s", "2-5 min", "-" (messages.md 4, Estimate).
std::string left_text(const StepProgress& step);

// What a step does when it has no figures to show: "waiting for cores", "workers in init 12 s",
// "merging 64%", "command 12 s", "stalled 42 s". "" while it simply runs. `since` is the time that
// has passed since the report.
std::string phase_text(const StepProgress& step, Duration since);

// "4.1 s", "2 min 46 s" for seconds as a number.
std::string seconds_text(double seconds);

}  // namespace batchmill::cli
