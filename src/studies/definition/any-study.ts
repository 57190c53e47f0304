// Studies of every kind.

import type { LoopStudyDefinition, LoopStudyPlan } from './loop-study.js';
import type { LoopStudyDocument } from './loop-study-document.js';
import type { StudyDocument } from './study-document.js';
import type { StudyDefinition, StudyPlan } from './study-plan.js';

/** `kind` tells them apart. */
export type AnyStudyDefinition = StudyDefinition | LoopStudyDefinition;
export type AnyStudyPlan = StudyPlan | LoopStudyPlan;
export type AnyStudyDocument = StudyDocument | LoopStudyDocument;
