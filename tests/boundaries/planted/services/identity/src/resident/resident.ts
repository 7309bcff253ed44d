import mongoose from 'mongoose';

export const rule = () => mongoose.version;
