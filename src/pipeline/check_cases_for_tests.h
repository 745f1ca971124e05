#pragma once

#include <string>
#include <vector>

#include "fakes/memory_files.h"
#include "pipeline/check.h"

// A pipeline file that is right, and a notation for what is wrong with a changed copy of it.
namespace batchmill::pipeline {

// Uses most of what this version knows; lies at /w/pipeline.yml.
extern const char kPipeline[];

// The folders that it names, and a few more.
fakes::MemoryFiles files_with(const std::string& pipeline);

// A pipeline of one parallel step, "score", with the lines `keys` (four blanks deep) among its own
// and `arguments` after "--own x". Its input "bound" has the value `bound`.
std::string parallel_step(const std::string& keys, const std::string& arguments,
                          const std::string& bound = "1");

// A request for it whose hooks know the datastores "workspaceblobstore" (/w/.store) and "archive",
// and that below /w/table lies a table, below /w/listing a listing of files.
CheckRequest request_for_tests();

// "code line:column path", sorted.
std::vector<std::string> summary(const std::vector<Diagnostic>& diagnostics);

// What the comment lines of a file expect. `#    ^ BM105 jobs.x` expects code 105 with this path
// at the last line that is no such comment, in the column of the caret; `#@1 BM105 x` gives the
// column as a number. Sorted as above.
std::vector<std::string> expectations(const std::string& text);

// kPipeline with each `from` replaced by its `to`; fails the test if `from` is not there once.
std::string edited(const std::vector<std::pair<std::string, std::string>>& edits);

}  // namespace batchmill::pipeline
